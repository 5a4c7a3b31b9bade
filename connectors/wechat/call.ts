import type { Context, Failure, HttpRequest, HttpResult } from '../../src/sdk/index.js';
import { configOf } from './account.js';
import { codeOf, isDeadToken } from './failures.js';
import { accessToken } from './token.js';

export type Called =
  | { readonly kind: 'called'; readonly result: HttpResult }
  /** Nothing was asked: there is no token to ask with. */
  | { readonly kind: 'refused'; readonly failure: Failure };

/** What one call is, without its token. */
export type Call = Omit<HttpRequest, 'url'> & {
  /** Below `/cgi-bin/`, with the query that follows the token. */
  readonly path: string;
};

/** Calls the API with the account's token; a token that has died is renewed, and the call made again, once. */
export async function callApi(context: Context, call: Call): Promise<Called> {
  const read = configOf(context.account());
  if (!read.ok) {
    const why = 'missing or malformed';
    return { kind: 'refused', failure: { kind: 'misconfigured', setting: read.setting, why } };
  }
  const { config } = read;
  const { path, ...request } = call;
  const [name = '', query = ''] = path.split('?');
  const ask = (token: string): Promise<HttpResult> =>
    context.http.request({
      ...request,
      url: `${config.apiBase}/cgi-bin/${name}?access_token=${encodeURIComponent(token)}${query === '' ? '' : `&${query}`}`,
    });
  const token = await accessToken(context, config);
  if (!token.ok) return { kind: 'refused', failure: token.failure };
  const result = await ask(token.value);
  if (!isDeadToken(codeOf(result))) return { kind: 'called', result };
  const fresh = await accessToken(context, config, token.value);
  if (!fresh.ok) return { kind: 'refused', failure: fresh.failure };
  return { kind: 'called', result: await ask(fresh.value) };
}
