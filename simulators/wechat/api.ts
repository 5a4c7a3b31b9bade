import { randomBytes } from 'node:crypto';
import { jsonAnswer, type HttpAnswer } from '../http/answer.js';
import type { HttpRequest } from '../http/loopback.js';
import type { Account, StoredMedia } from './account.js';
import type { ChatMessage } from './entries.js';
import { wechatError } from './errors.js';
import { filePart } from './multipart.js';
import { judgeMessage } from './send-message.js';
import { handOutToken, refuseToken, type TokenObserver } from './token.js';

/** What the API needs besides the account. */
export interface Api {
  readonly account: Account;
  /** Called when a message of the hub was taken, before the answer leaves. */
  readonly taken: (message: ChatMessage) => void;
  readonly handedOut: TokenObserver;
  /** A link under which a video can be had without a token. */
  readonly videoLink: (id: string) => string;
}

const BYTES: Readonly<Record<string, number>> = {
  image: 10 * 1024 * 1024,
  voice: 2 * 1024 * 1024,
  video: 10 * 1024 * 1024,
  thumb: 64 * 1024,
};

/** WeChat's API as far as a customer-service connector calls it. */
export function answerApi(api: Api, request: HttpRequest): HttpAnswer {
  const { account } = api;
  if (request.path.startsWith('/videos/')) return video(account, request.path.slice(8));
  if (request.path === '/cgi-bin/stable_token') {
    return handOutToken(account, jsonIn(request) ?? {}, api.handedOut);
  }
  const refused = refuseToken(account, request.query.get('access_token'));
  if (refused !== null) return wechatError(refused);
  switch (request.path) {
    case '/cgi-bin/getcallbackip':
      return jsonAnswer(200, { ip_list: ['127.0.0.1'] });
    case '/cgi-bin/message/custom/send':
      return send(api, request);
    case '/cgi-bin/media/upload':
      return upload(account, request);
    case '/cgi-bin/media/get':
      return download(api, request.query.get('media_id') ?? '');
    default:
      return wechatError(48001);
  }
}

function send(api: Api, request: HttpRequest): HttpAnswer {
  if (request.method !== 'POST') return wechatError(43002);
  if (/\\u[0-9a-f]{4}/i.test(request.body.toString('utf8'))) return wechatError(40033);
  const message = jsonIn(request);
  if (message === null) return wechatError(47001);
  const judged = judgeMessage(api.account, message);
  if (typeof judged === 'number') return wechatError(judged);
  api.taken(judged);
  return jsonAnswer(200, { errcode: 0, errmsg: 'ok' });
}

function upload(account: Account, request: HttpRequest): HttpAnswer {
  const type = request.query.get('type') ?? '';
  const most = BYTES[type];
  if (most === undefined) return wechatError(40004);
  const file = filePart(request.headers['content-type'] ?? '', request.body);
  if (file === null) return wechatError(47001);
  if (file.body.length === 0 || file.body.length > most) return wechatError(40006);
  const id = keep(account, { type: file.type, body: file.body });
  const created = Math.floor(account.now().getTime() / 1_000);
  return jsonAnswer(200, { type, media_id: id, created_at: created });
}

/** Keeps a file as WeChat keeps it, and gives its media id. */
export function keep(account: Account, media: StoredMedia): string {
  const id = randomBytes(24).toString('base64url');
  account.media.set(id, media);
  return id;
}

function download({ account, videoLink }: Api, id: string): HttpAnswer {
  const media = account.media.get(id);
  if (media === undefined) return wechatError(40007);
  if (media.type.startsWith('video/')) return jsonAnswer(200, { video_url: videoLink(id) });
  const [, ending = ''] = media.type.split('/');
  const headers = {
    'content-type': media.type,
    'content-disposition': `attachment; filename="${id}.${ending}"`,
  };
  return { status: 200, headers, body: media.body };
}

function video(account: Account, id: string): HttpAnswer {
  const media = account.media.get(id);
  return media === undefined
    ? jsonAnswer(404, {})
    : { status: 200, headers: { 'content-type': media.type }, body: media.body };
}

function jsonIn(request: HttpRequest): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
