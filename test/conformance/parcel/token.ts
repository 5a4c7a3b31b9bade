import { HOUR, readJson } from '../../../src/sdk/index.js';
import type { Context, HttpRequest, HttpResult } from '../../../src/sdk/index.js';

const TOKEN = 'token';

/** Why there is no token: what the desk answered, or that it did not. */
class NoToken extends Error {
  readonly result: HttpResult;
  constructor(result: HttpResult) {
    super('the desk gave no token');
    this.result = result;
  }
}

const LATE: HttpResult = { kind: 'notSent', cause: 'network', why: 'nobody waits any more' };

/** The request with a token; one that the desk refuses is replaced once, while somebody waits. */
export async function authorised(
  context: Context,
  request: HttpRequest,
  waited?: AbortSignal,
): Promise<HttpResult> {
  const isOver = () => waited?.aborted === true;
  try {
    const token = await tokenOf(context);
    if (isOver()) return LATE;
    const result = await withToken(context, request, token);
    if (result.kind !== 'answer' || result.status !== 401) return result;
    context.forget(TOKEN, token);
    if (isOver()) return LATE;
    const fresh = await tokenOf(context);
    return isOver() ? LATE : await withToken(context, request, fresh);
  } catch (error) {
    if (error instanceof NoToken) return error.result;
    throw error;
  }
}

function withToken(context: Context, request: HttpRequest, token: string): Promise<HttpResult> {
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  return context.http.request({ ...request, headers });
}

function tokenOf(context: Context): Promise<string> {
  return context.remember(TOKEN, async () => ({
    value: await fetchToken(context),
    expiresAt: context.clock.now() + HOUR,
  }));
}

export async function fetchToken({ http, account }: Context): Promise<string> {
  const { settings, credentials } = account();
  const result = await http.request({
    method: 'POST',
    url: `${String(settings['api'])}/token`,
    headers: { 'desk-secret': String(credentials['apiSecret']) },
  });
  // The message itself has not left while its token is fetched.
  if (result.kind === 'unanswered') {
    throw new NoToken({ kind: 'notSent', cause: 'network', why: result.why });
  }
  const read = result.kind === 'answer' ? readJson(result.body) : null;
  const token = read?.ok === true ? (read.value as { token?: unknown } | null)?.token : null;
  if (typeof token !== 'string') throw new NoToken(result);
  return token;
}
