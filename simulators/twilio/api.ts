import { timingSafeEqual } from 'node:crypto';
import { emptyAnswer, jsonAnswer, type HttpAnswer } from '../http/answer.js';
import type { HttpRequest } from '../http/loopback.js';
import type { Account, StoredMedia, StoredMessage } from './account.js';
import { createMessage } from './create-message.js';
import { twilioError } from './errors.js';
import {
  accountPath,
  accountResource,
  listPage,
  mediaResource,
  messageResource,
  numberResource,
} from './resources.js';

/** What the REST API needs besides the account. */
export interface Api {
  readonly account: Account;
  /** Called when a message of the hub was taken, before the answer leaves. */
  readonly taken: (message: StoredMessage) => void;
  /** A signed URL on another host, from where the media file can be had without credentials. */
  readonly signedMediaUrl: (media: StoredMedia) => string;
}

/** Twilio's REST API as far as a messaging connector calls it. */
export function answerApi(api: Api, request: HttpRequest): HttpAnswer {
  const { account } = api;
  if (!isAuthenticated(account, request.headers['authorization'])) return twilioError(20003);
  const root = accountPath(account.sid);
  if (request.path === `${root}.json`) return onlyGet(request, () => accountOf(account));
  if (request.path === `${root}/IncomingPhoneNumbers.json`) {
    return onlyGet(request, () => listNumbers(account, request.query));
  }
  return request.path.startsWith(`${root}/Messages`)
    ? messagesRoute(api, request, request.path.slice(`${root}/Messages`.length))
    : twilioError(20404);
}

/** `rest` is what follows `/Messages` in the path. */
function messagesRoute(api: Api, request: HttpRequest, rest: string): HttpAnswer {
  const { account } = api;
  if (rest === '.json') {
    return request.method === 'POST' ? create(api, request) : list(account, request.query);
  }
  const [, messagePart = '', mediaWord, mediaPart] = rest.split('/');
  const message = account.messages.get(withoutJson(messagePart));
  if (message === undefined) return twilioError(20404);
  if (mediaWord === undefined) return messageRoute(account, message, request);
  if (mediaWord === 'Media.json') return onlyGet(request, () => listMedia(account, message));
  if (mediaWord !== 'Media' || mediaPart === undefined) return twilioError(20404);
  return mediaRoute(api, message, { request, part: mediaPart });
}

function accountOf(account: Account): HttpAnswer {
  return jsonAnswer(200, accountResource(account));
}

function create(api: Api, request: HttpRequest): HttpAnswer {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const created = createMessage(api.account, form);
  if (typeof created === 'number') return twilioError(created);
  const answer = jsonAnswer(201, messageResource(api.account, created));
  api.taken(created);
  return answer;
}

/** Newest first; `To` and `From` narrow the list down, `PageSize` bounds the one page that is given. */
function list(account: Account, query: URLSearchParams): HttpAnswer {
  const [to, from] = [query.get('To'), query.get('From')];
  const messages = [...account.messages.values()]
    .filter((one) => (to === null || one.to === to) && (from === null || one.from === from))
    .reverse()
    .slice(0, pageSizeOf(query))
    .map((one) => messageResource(account, one));
  return jsonAnswer(
    200,
    listPage(`${accountPath(account.sid)}/Messages.json`, 'messages', messages),
  );
}

function listNumbers(account: Account, query: URLSearchParams): HttpAnswer {
  const wanted = query.get('PhoneNumber');
  const numbers = [...account.numbers]
    .filter((number) => wanted === null || number === wanted)
    .slice(0, pageSizeOf(query))
    .map((number) => numberResource(account, number));
  const path = `${accountPath(account.sid)}/IncomingPhoneNumbers.json`;
  return jsonAnswer(200, listPage(path, 'incoming_phone_numbers', numbers));
}

/** 50 unless asked, 1,000 at most. */
function pageSizeOf(query: URLSearchParams): number {
  const asked = Number(query.get('PageSize') ?? 50);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, 1_000) : 50;
}

function listMedia(account: Account, message: StoredMessage): HttpAnswer {
  const path = `${accountPath(account.sid)}/Messages/${message.sid}/Media.json`;
  const items = message.media.map((media) => mediaResource(account, media));
  return jsonAnswer(200, listPage(path, 'media_list', items));
}

function messageRoute(account: Account, message: StoredMessage, request: HttpRequest): HttpAnswer {
  if (request.method === 'DELETE') {
    account.messages.delete(message.sid);
    return emptyAnswer(204);
  }
  return onlyGet(request, () => jsonAnswer(200, messageResource(account, message)));
}

function mediaRoute(
  api: Api,
  message: StoredMessage,
  wanted: { readonly request: HttpRequest; readonly part: string },
): HttpAnswer {
  const { request, part } = wanted;
  const index = message.media.findIndex((media) => media.sid === withoutJson(part));
  const media = message.media[index];
  if (media === undefined) return twilioError(20404);
  if (request.method === 'DELETE') {
    message.media.splice(index, 1);
    return emptyAnswer(204);
  }
  if (part.endsWith('.json')) {
    return onlyGet(request, () => jsonAnswer(200, mediaResource(api.account, media)));
  }
  return onlyGet(request, () => emptyAnswer(307, { location: api.signedMediaUrl(media) }));
}

function onlyGet(request: HttpRequest, answer: () => HttpAnswer): HttpAnswer {
  return request.method === 'GET' ? answer() : twilioError(20404);
}

function withoutJson(name: string): string {
  return name.endsWith('.json') ? name.slice(0, -'.json'.length) : name;
}

function isAuthenticated(account: Account, header: string | undefined): boolean {
  if (header === undefined || !header.startsWith('Basic ')) return false;
  const given = Buffer.from(header.slice('Basic '.length), 'base64');
  const accepted = [[account.sid, account.authToken], ...account.apiKeys].map((pair) =>
    Buffer.from(pair.join(':')),
  );
  return accepted.some((one) => one.length === given.length && timingSafeEqual(one, given));
}
