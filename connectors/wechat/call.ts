import type { Context, Failure, HttpRequest, HttpResult } from '../../src/sdk/index.js';
import { configOf } from './account.js';
import type { Config } from './account.js';
import { codeOf, isDeadToken } from './failures.js';
import { accessToken } from './token.js';

export type Called =
  | { readonly kind: 'called'; readonly result: HttpResult; readonly token: string }
  /** Nothing was asked: there is no token to ask with, or nobody waits any more. */
  | { readonly kind: 'refused'; readonly failure: Failure };

/** What one call is, without its token. */
export type Call = Omit<HttpRequest, 'url'> & {
  /** Below `/cgi-bin/`, with the query that follows the token. */
  readonly path: string;
};

/**
 * Calls the API with the account's token; a token that has died is renewed, and the call made again, once.
 * `waited` as in the treaty: none of these steps begins after it aborts.
 */
export async function callApi(context: Context, call: Call, waited?: AbortSignal): Promise<Called> {
  const read = configOf(context.account());
  if (!read.ok) {
    const why = 'missing or malformed';
    return { kind: 'refused', failure: { kind: 'misconfigured', setting: read.setting, why } };
  }
  const attempt = { config: read.config, call, waited };
  const first = await callOnce(context, attempt);
  return first.kind === 'called' && isDeadToken(codeOf(first.result))
    ? callOnce(context, attempt, first.token)
    : first;
}

interface Attempt {
  readonly config: Config;
  readonly call: Call;
  readonly waited: AbortSignal | undefined;
}

const LATE = {
  kind: 'refused',
  failure: { kind: 'transient', why: 'WeChat is too slow: the call was not made in time' },
} as const;

const isOver = (waited: AbortSignal | undefined): boolean => waited?.aborted === true;

/** `refused`: a token that WeChat did not take before. */
async function callOnce(
  context: Context,
  { config, call, waited }: Attempt,
  refused?: string,
): Promise<Called> {
  if (isOver(waited)) return LATE;
  const token = await accessToken(context, config, refused);
  if (!token.ok) return { kind: 'refused', failure: token.failure };
  if (isOver(waited)) return LATE;
  const { path, ...request } = call;
  const [name = '', query = ''] = path.split('?');
  const result = await context.http.request({
    ...request,
    url: `${config.apiBase}/cgi-bin/${name}?access_token=${encodeURIComponent(token.value)}${query === '' ? '' : `&${query}`}`,
  });
  return { kind: 'called', result, token: token.value };
}
