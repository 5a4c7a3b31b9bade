import { failed } from '../../src/sdk/index.js';
import type { Context, HttpResult, Outcome } from '../../src/sdk/index.js';
import { callApi } from './call.js';
import { bodyOf, failureIn, outcomeOf } from './failures.js';
import type { MediaKind, Payload } from './render.js';

const UPLOAD_TIMEOUT = 60_000;
const EXTENSIONS: Readonly<Record<MediaKind, string>> = {
  image: 'jpg',
  voice: 'mp3',
  video: 'mp4',
};

/**
 * Sends one message; a file is uploaded first, which nobody sees, so that its failure is never uncertain.
 * After `waited` aborts no step begins.
 */
export async function send(
  context: Context,
  payload: Payload,
  waited?: AbortSignal,
): Promise<Outcome> {
  const { to, kind } = payload;
  if (kind === 'text') {
    return deliver(context, { touser: to, msgtype: kind, text: { content: payload.text } }, waited);
  }
  const uploaded = await upload(context, payload, waited);
  return typeof uploaded === 'string'
    ? deliver(context, { touser: to, msgtype: kind, [kind]: { media_id: uploaded } }, waited)
    : uploaded;
}

/**
 * `message/custom/send`. WeChat refuses `\u` escapes with 40033: letters stand in the JSON as they are, and
 * rendering leaves out what cannot.
 */
async function deliver(
  context: Context,
  message: object,
  waited: AbortSignal | undefined,
): Promise<Outcome> {
  const call = {
    method: 'POST',
    path: 'message/custom/send',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(message),
  } as const;
  const called = await callApi(context, call, waited);
  return called.kind === 'refused'
    ? failed(called.failure)
    : outcomeOf(called.result, context.clock.now());
}

type Media = Extract<Payload, { sha256: string }>;

/** A temporary media id, or why there is none. */
async function upload(
  context: Context,
  media: Media,
  waited: AbortSignal | undefined,
): Promise<string | Outcome> {
  const bytes = await context.blob(media.sha256);
  const boundary = `----${media.sha256.slice(0, 32)}`;
  const call = {
    method: 'POST',
    path: `media/upload?type=${media.kind}`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: formOf(media, boundary, bytes),
    timeout: UPLOAD_TIMEOUT,
  } as const;
  const called = await callApi(context, call, waited);
  if (called.kind === 'refused') return failed(called.failure);
  return mediaIdIn(called.result) ?? failed(whyNone(called.result, context.clock.now()));
}

function formOf({ kind, type }: Media, boundary: string, bytes: Buffer): Buffer {
  const name = `file.${extensionOf(kind, type)}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

/** WeChat looks at the name's ending. */
function extensionOf(kind: MediaKind, type: string): string {
  const [, subtype = ''] = type.toLowerCase().split('/');
  return /^(amr|png|gif|bmp)$/.test(subtype) ? subtype : EXTENSIONS[kind];
}

function mediaIdIn(result: HttpResult): string | null {
  const id = result.kind === 'answer' ? bodyOf(result)?.['media_id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : null;
}

function whyNone(result: HttpResult, now: number) {
  return (
    failureIn(result, now) ?? ({ kind: 'transient', why: 'the file was not uploaded' } as const)
  );
}
