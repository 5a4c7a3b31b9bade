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

/** Sends one message; a file is uploaded first, which nobody sees, so that its failure is never uncertain. */
export async function send(context: Context, payload: Payload): Promise<Outcome> {
  if (payload.kind === 'text') {
    return deliver(context, payload.to, { msgtype: 'text', text: { content: payload.text } });
  }
  const uploaded = await upload(context, payload);
  return typeof uploaded === 'string'
    ? deliver(context, payload.to, {
        msgtype: payload.kind,
        [payload.kind]: { media_id: uploaded },
      })
    : uploaded;
}

/** `message/custom/send`. The JSON holds letters as they are: `\u` escapes are refused with 40033. */
async function deliver(context: Context, to: string, message: object): Promise<Outcome> {
  const called = await callApi(context, {
    method: 'POST',
    path: 'message/custom/send',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ touser: to, ...message }),
  });
  return called.kind === 'refused'
    ? failed(called.failure)
    : outcomeOf(called.result, context.clock.now());
}

type Media = Extract<Payload, { sha256: string }>;

/** A temporary media id, or why there is none. */
async function upload(context: Context, media: Media): Promise<string | Outcome> {
  const bytes = await context.blob(media.sha256);
  const boundary = `----${media.sha256.slice(0, 32)}`;
  const called = await callApi(context, {
    method: 'POST',
    path: `media/upload?type=${media.kind}`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: formOf(media, boundary, bytes),
    timeout: UPLOAD_TIMEOUT,
  });
  if (called.kind === 'refused') return failed(called.failure);
  return mediaIdIn(called.result) ?? failed(whyNone(called.result, context.clock.now()));
}

function formOf({ kind, type }: Media, boundary: string, bytes: Buffer): Buffer {
  const name = `file.${type === 'audio/amr' ? 'amr' : extensionOf(kind, type)}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

/** WeChat looks at the name's ending. */
function extensionOf(kind: MediaKind, type: string): string {
  const [, subtype = ''] = type.toLowerCase().split('/');
  return /^(png|gif|bmp)$/.test(subtype) ? subtype : EXTENSIONS[kind];
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
