import { failed } from '../../src/sdk/index.js';
import type { Context, Live } from '../../src/sdk/index.js';

/** The live half: mail in by IMAP or the listener, mail out by SMTP. */
export function open(_context: Context): Live {
  return {
    send: async () =>
      failed({ kind: 'misconfigured', setting: 'smtp', why: 'sending is not set up' }),
    check: async () => ({ ok: true, findings: [] }),
    close: async () => undefined,
  };
}
