import type { Context, Fetched, HttpResult } from '../../src/sdk/index.js';
import { callApi } from './call.js';
import { bodyOf, codeOf } from './failures.js';

/** WeChat takes videos of 10 MB from customers; twice that is room enough. */
const MAX_BYTES = 20 * 1024 * 1024;
const TIMEOUT = 60_000;
/** `invalid media_id`: WeChat keeps a customer's file three days (from memory). */
const GONE = 40007;

/** Fetches `media:<id>` with the account's token, or a picture's own link without it. */
export async function fetchAttachment(context: Context, ref: string): Promise<Fetched> {
  if (!ref.startsWith('media:')) return fetchLink(context, ref);
  const id = encodeURIComponent(ref.slice('media:'.length));
  const called = await callApi(context, {
    method: 'GET',
    path: `media/get?media_id=${id}`,
    timeout: TIMEOUT,
    maxBytes: MAX_BYTES,
  });
  if (called.kind === 'refused') return { kind: 'transient', why: called.failure.why };
  const link = videoIn(called.result);
  return link === null ? fetchedIn(called.result) : fetchLink(context, link);
}

/** The token belongs to WeChat's API alone: a link gets none, wherever it leads. */
async function fetchLink(context: Context, url: string): Promise<Fetched> {
  if (!URL.canParse(url) || !/^https?:/i.test(url)) {
    return { kind: 'expired', why: 'the delivery named no usable link' };
  }
  const asked = {
    method: 'GET',
    url,
    timeout: TIMEOUT,
    maxBytes: MAX_BYTES,
    redirects: 2,
  } as const;
  return fetchedIn(await context.http.request(asked));
}

/** A video comes as a link to it: `{ "video_url": … }`. */
function videoIn(result: HttpResult): string | null {
  const link = result.kind === 'answer' ? bodyOf(result)?.['video_url'] : undefined;
  return typeof link === 'string' ? link : null;
}

function fetchedIn(result: HttpResult): Fetched {
  if (result.kind !== 'answer') return { kind: 'transient', why: result.why };
  const code = codeOf(result);
  if (code === GONE || result.status === 404 || result.status === 410) {
    return { kind: 'expired', why: 'WeChat no longer has this file' };
  }
  if (code !== null) return { kind: 'transient', why: `WeChat answered with code ${code}` };
  if (result.status !== 200) {
    return { kind: 'transient', why: `WeChat answered with HTTP ${result.status}` };
  }
  const { headers, body } = result;
  const name = /filename="([^"\r\n]{1,200})"/.exec(headers['content-disposition'] ?? '')?.[1];
  const file = { name: name ?? null, type: headers['content-type'] ?? null, bytes: body };
  return { kind: 'file', file };
}
