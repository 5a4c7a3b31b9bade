import type { Context } from '../../src/sdk/index.js';
import type { Dial } from './dial.js';
import { refusalFailure } from './failures.js';
import { forgetToken } from './oauth.js';
import { doorOf } from './secrets.js';
import type { NotReady } from './secrets.js';
import { openSmtp } from './smtp.js';
import type { SmtpSession, SmtpTrouble } from './smtp.js';

/**
 * A dialogue with the account's SMTP server, logged in as its settings say. A refused OAuth token is
 * fetched anew once. `change` is laid over what the settings say (tests).
 */
export async function logInToSmtp(
  context: Context,
  change: Partial<Dial>,
  stop: AbortSignal,
): Promise<SmtpSession | SmtpTrouble | NotReady> {
  const door = await doorOf(context, 'smtp');
  if (door.kind === 'notReady') return door;
  const opened = await openSmtp({ ...door.dial, ...change }, door.secret, stop);
  if (door.secret?.kind !== 'token' || 'deliver' in opened || !isLoginRefusal(opened)) {
    return opened;
  }
  // One refresh: a server may refuse a token before its time.
  forgetToken(context, door.secret.value);
  const second = await doorOf(context, 'smtp');
  if (second.kind === 'notReady') return second;
  return openSmtp({ ...second.dial, ...change }, second.secret, stop);
}

function isLoginRefusal(trouble: SmtpTrouble): boolean {
  return trouble.kind === 'refused' && refusalFailure(trouble.refusal, 0).kind === 'unauthorised';
}
