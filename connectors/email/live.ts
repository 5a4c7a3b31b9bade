import type { Context, Live } from '../../src/sdk/index.js';
import { checkAccount } from './check.js';
import { createListener } from './listener.js';
import { lookUpSent } from './look-up.js';
import { createSender } from './send.js';
import { readSettings } from './settings.js';
import { streamMailbox } from './stream.js';

/** The live half: mail in by IMAP or the listener, mail out by SMTP. What is not set up is absent. */
export function open(context: Context): Live {
  const settings = readSettings(context.account());
  const sender = createSender(context);
  const listener = settings?.listener?.enabled === true ? createListener(context) : null;
  const stopper = new AbortController();
  const stop = AbortSignal.any([stopper.signal, context.signal]);
  const close = async (): Promise<void> => {
    stopper.abort();
    await Promise.all([sender.close(), listener?.close()]);
  };
  context.signal.addEventListener('abort', () => void close(), { once: true });
  return {
    ...(listener === null ? {} : { listen: listener.listen }),
    ...(settings?.imap === undefined
      ? {}
      : {
          stream: (emit, cursors) => streamMailbox(context, emit, cursors, stop),
          lookUp: (part) => lookUpSent(context, part, stop),
        }),
    send: sender.send,
    check: () => checkAccount(context, listener, stop),
    close,
  };
}
