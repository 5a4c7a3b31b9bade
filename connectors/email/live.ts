import type { Context, Live } from '../../src/sdk/index.js';
import { createListener } from './listener.js';
import { createSender } from './send.js';
import { readSettings } from './settings.js';

/** The live half: mail in by IMAP or the listener, mail out by SMTP. */
export function open(context: Context): Live {
  const settings = readSettings(context.account());
  const sender = createSender(context);
  const listener = settings?.listener?.enabled === true ? createListener(context) : null;
  return {
    ...(listener === null ? {} : { listen: listener.listen }),
    send: sender.send,
    check: async () => ({ ok: true, findings: [] }),
    close: async () => {
      await Promise.all([sender.close(), listener?.close()]);
    },
  };
}
