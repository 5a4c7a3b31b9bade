import type { Context, Live } from '../../src/sdk/index.js';
import { createSender } from './send.js';

/** The live half: mail in by IMAP or the listener, mail out by SMTP. */
export function open(context: Context): Live {
  const sender = createSender(context);
  return {
    send: sender.send,
    check: async () => ({ ok: true, findings: [] }),
    close: sender.close,
  };
}
