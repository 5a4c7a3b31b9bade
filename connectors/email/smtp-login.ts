import type { Context, Failure } from '../../src/sdk/index.js';
import { dialOf, signInOf } from './dial.js';
import type { Dial } from './dial.js';
import { refusalFailure } from './failures.js';
import { accessToken, forgetToken } from './oauth.js';
import { readSettings } from './settings.js';
import { openSmtp } from './smtp.js';
import type { SmtpSession, SmtpTrouble } from './smtp.js';

/** Nothing was sent, and the reason lies before the dialogue. */
export interface NotReady {
  readonly kind: 'notReady';
  readonly failure: Failure;
}

/**
 * A dialogue with the account's SMTP server, logged in as its settings say. A refused OAuth token is
 * fetched anew once. `change` is laid over what the settings say (tests).
 */
export async function logInToSmtp(
  context: Context,
  change: Partial<Dial>,
  stop: AbortSignal,
): Promise<SmtpSession | SmtpTrouble | NotReady> {
  const account = context.account();
  const settings = readSettings(account);
  if (settings?.smtp === undefined) {
    return notReady({ kind: 'misconfigured', setting: 'smtp', why: 'no SMTP server is set' });
  }
  const dial = { ...dialOf(settings, settings.smtp), ...change };
  const signIn = signInOf(account, settings.smtp, 'smtp');
  if (signIn.kind === 'missing') {
    return notReady({
      kind: 'misconfigured',
      setting: signIn.setting,
      why: 'the password is missing',
    });
  }
  if (signIn.kind === 'ready') return openSmtp(dial, signIn.secret, stop);
  const opened = await withToken(context, dial, stop);
  if ('deliver' in opened || opened.kind !== 'refused' || !isLoginRefusal(opened)) return opened;
  // One refresh: the server may have refused a token before its time.
  forgetToken(context);
  return withToken(context, dial, stop);
}

async function withToken(
  context: Context,
  dial: Dial,
  stop: AbortSignal,
): Promise<SmtpSession | SmtpTrouble | NotReady> {
  const token = await accessToken(context);
  switch (token.kind) {
    case 'token':
      return openSmtp(dial, { kind: 'token', value: token.value }, stop);
    case 'refused':
      return notReady({ kind: 'unauthorised', why: token.why });
    case 'transient':
      return notReady({ kind: 'transient', why: token.why });
    case 'missing':
      return notReady({
        kind: 'misconfigured',
        setting: token.setting,
        why: 'OAuth is not set up',
      });
  }
}

function notReady(failure: Failure): NotReady {
  return { kind: 'notReady', failure };
}

function isLoginRefusal(trouble: SmtpTrouble): boolean {
  return trouble.kind === 'refused' && refusalFailure(trouble.refusal, 0).kind === 'unauthorised';
}
