import { SECOND } from '../../src/sdk/index.js';
import type { Context, Failure, HttpResult, Remembered } from '../../src/sdk/index.js';
import type { Config } from './account.js';
import { bodyOf, failureIn } from './failures.js';

/** Near its end a token is renewed: WeChat hands out the next one five minutes before, and both hold meanwhile. */
const EARLY = 200 * SECOND;
const NAME = 'access-token';

export type Token =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly failure: Failure };

/** Carries a failure out of `remember`, which keeps values only. */
class NoToken extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.why);
    this.failure = failure;
  }
}

/**
 * The account's access token, asked for once however many want it. `refused` is one that WeChat did not take:
 * it is dropped, unless a newer one is there already.
 *
 * `stable_token` gives every process of the hub the same token for as long as it holds, so none makes
 * another's invalid. Only when it hands out again what was just refused, a new one is forced (20 a day).
 * Source: developers.weixin.qq.com, "获取稳定版接口调用凭据".
 */
export async function accessToken(
  context: Context,
  config: Config,
  refused?: string,
): Promise<Token> {
  if (refused !== undefined) context.forget(NAME, refused);
  try {
    const value = await context.remember(NAME, () => fetchToken(context, config, refused));
    return { ok: true, value };
  } catch (error) {
    if (error instanceof NoToken) return { ok: false, failure: error.failure };
    throw error;
  }
}

async function fetchToken(
  context: Context,
  config: Config,
  refused: string | undefined,
): Promise<Remembered> {
  const current = await askForToken(context, config, false);
  return current.value === refused ? askForToken(context, config, true) : current;
}

async function askForToken(
  context: Context,
  { apiBase, appId, appSecret }: Config,
  force: boolean,
): Promise<Remembered> {
  const asked = context.clock.now();
  const result = await context.http.request({
    method: 'POST',
    url: `${apiBase}/cgi-bin/stable_token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credential',
      appid: appId,
      secret: appSecret,
      force_refresh: force,
    }),
  });
  const token = tokenIn(result);
  if (token === null) throw new NoToken(whyNone(result, asked));
  const lasts = token.seconds * SECOND;
  return { value: token.value, expiresAt: asked + Math.max(lasts - EARLY, lasts / 2) };
}

/** A token may be longer than 500 characters, but not endless. */
const LONGEST = 4_096;

function tokenIn(result: HttpResult): { readonly value: string; readonly seconds: number } | null {
  const body = result.kind === 'answer' && result.status === 200 ? bodyOf(result) : null;
  const { access_token: value, expires_in: seconds } = body ?? {};
  if (typeof value !== 'string' || value === '' || value.length > LONGEST) return null;
  return typeof seconds === 'number' && seconds > 0 ? { value, seconds } : null;
}

/** Nothing was sent to anybody: what cannot be told is worth another try. */
function whyNone(result: HttpResult, now: number): Failure {
  const failure = failureIn(result, now);
  return failure === null || (failure.kind === 'refused' && failure.cause === 'content')
    ? { kind: 'transient', why: 'WeChat gave no access token' }
    : failure;
}
