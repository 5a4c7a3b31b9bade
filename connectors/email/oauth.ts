import { MINUTE, readJson, SECOND } from '../../src/sdk/index.js';
import type { Context, HttpResult, Remembered } from '../../src/sdk/index.js';
import { readSettings } from './settings.js';
import type { Credentials } from './settings.js';

export type Token =
  | { readonly kind: 'token'; readonly value: string }
  /** The provider does not honour the refresh token (any more): an admin must sign in again. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'transient'; readonly why: string }
  | { readonly kind: 'missing'; readonly setting: string };

type NoToken = Exclude<Token, { kind: 'token' }>;

const NAME = 'mail-access-token';

/** Carries the reason out of `remember`, whose compute step can only throw. */
class TokenTrouble extends Error {
  readonly found: NoToken;
  constructor(found: NoToken) {
    super(found.kind);
    this.found = found;
  }
}

/** The current access token (RFC 6749 section 6); one refresh at a time serves every caller. */
export async function accessToken(context: Context): Promise<Token> {
  try {
    return { kind: 'token', value: await context.remember(NAME, () => refresh(context)) };
  } catch (error) {
    if (error instanceof TokenTrouble) return error.found;
    throw error;
  }
}

/** To be called when a server refuses this token: the next {@link accessToken} fetches another. */
export function forgetToken(context: Context, refused: string): void {
  context.forget(NAME, refused);
}

async function refresh(context: Context): Promise<Remembered> {
  const account = context.account();
  const oauth = readSettings(account)?.oauth;
  if (oauth === undefined) throw new TokenTrouble({ kind: 'missing', setting: 'oauth' });
  const credentials = account.credentials as Credentials;
  const { oauthClientId, oauthClientSecret, oauthRefreshToken } = credentials;
  if (!oauthRefreshToken) throw new TokenTrouble({ kind: 'missing', setting: 'oauthRefreshToken' });
  if (!oauthClientId) throw new TokenTrouble({ kind: 'missing', setting: 'oauthClientId' });
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: oauthClientId,
    refresh_token: oauthRefreshToken,
  });
  if (oauthClientSecret) form.set('client_secret', oauthClientSecret);
  if (oauth.scope !== '') form.set('scope', oauth.scope);
  const answer = await context.http.request({
    method: 'POST',
    url: oauth.tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
    maxBytes: 64 * 1024,
  });
  return readToken(answer, context.clock.now());
}

function readToken(answer: HttpResult, now: number): Remembered {
  if (answer.kind !== 'answer') {
    throw new TokenTrouble({ kind: 'transient', why: `the token server: ${answer.why}` });
  }
  const read = readJson(answer.body);
  const body = (read.ok ? read.value : null) as Record<string, unknown> | null;
  const token = body?.['access_token'];
  if (answer.status === 200 && typeof token === 'string' && token !== '') {
    return { value: token, expiresAt: now + life(body?.['expires_in']) };
  }
  const why = `the token server answered ${answer.status}${errorCode(body)}`;
  const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  throw new TokenTrouble({ kind: refused ? 'refused' : 'transient', why });
}

/** A minute early, so that a token does not run out between the login and the answer. */
function life(expiresIn: unknown): number {
  const seconds = Number(expiresIn ?? 3_600);
  return Number.isFinite(seconds) ? Math.max(seconds * SECOND - MINUTE, 30 * SECOND) : MINUTE;
}

/** Only the documented error word (RFC 6749 section 5.2), never the description. */
function errorCode(body: Record<string, unknown> | null): string {
  const error = body?.['error'];
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '';
}
