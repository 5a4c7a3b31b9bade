import type { Context, Failure } from '../../src/sdk/index.js';
import type { Dial, Secret } from './dial.js';
import { dialOf, signInOf } from './dial.js';
import { accessToken } from './oauth.js';
import { readSettings } from './settings.js';

export type Misconfigured = Extract<Failure, { kind: 'misconfigured' }>;

/** Nothing was tried, and the reason lies before the dialogue. */
export interface NotReady {
  readonly kind: 'notReady';
  readonly failure: Failure;
}

export interface Door {
  readonly kind: 'door';
  readonly dial: Dial;
  /** Null: this server is used without a login. */
  readonly secret: Secret | null;
}

/** Where a server is and what its login shows, by the account as it is now. */
export async function doorOf(context: Context, use: 'imap' | 'smtp'): Promise<Door | NotReady> {
  const account = context.account();
  const settings = readSettings(account);
  const server = settings?.[use];
  if (settings === null || server === undefined) {
    return misconfigured(use, `no ${use.toUpperCase()} server is set`);
  }
  const dial = dialOf(settings, server);
  const signIn = signInOf(account, server, use);
  if (signIn.kind === 'missing') {
    return { kind: 'notReady', failure: missingPassword(signIn.setting) };
  }
  if (signIn.kind === 'ready') return { kind: 'door', dial, secret: signIn.secret };
  const token = await accessToken(context);
  switch (token.kind) {
    case 'token':
      return { kind: 'door', dial, secret: { kind: 'token', value: token.value } };
    case 'refused':
      return { kind: 'notReady', failure: { kind: 'unauthorised', why: token.why } };
    case 'transient':
      return { kind: 'notReady', failure: { kind: 'transient', why: token.why } };
    case 'missing':
      return misconfigured(token.setting, 'OAuth is not set up');
  }
}

export function missingPassword(setting: string): Misconfigured {
  return { kind: 'misconfigured', setting, why: 'the password is missing' };
}

function misconfigured(setting: string, why: string): NotReady {
  return { kind: 'notReady', failure: { kind: 'misconfigured', setting, why } };
}
