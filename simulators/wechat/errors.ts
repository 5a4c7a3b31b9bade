import type { Json } from '../faults.js';
import { jsonAnswer, type HttpAnswer } from '../http/answer.js';

/** The sentence WeChat sends with each code that this simulator can give. */
const SENTENCES = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40003: 'invalid openid',
  40004: 'invalid media type',
  40006: 'invalid media size',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40033: 'invalid charset. please check your request, if include \\uxxxx will create fail!',
  40125: 'invalid appsecret',
  40164: 'invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist',
  41001: 'access_token missing',
  42001: 'access_token expired',
  43002: 'require POST method',
  43004: 'require subscribe',
  44004: 'empty content',
  45002: 'content size out of limit',
  45009: 'reach max api daily quota limit',
  45015: 'response out of time limit or subscription is canceled',
  45047: 'out of response count limit',
  47001: 'data format error',
  48001: 'api unauthorized',
  48002: 'user refuse to accept the msg',
} as const satisfies Record<number, string>;

/** A code of WeChat's list of global return codes. */
export type WechatErrorCode = keyof typeof SENTENCES;

/** An error inside HTTP 200, as a body for scripting a fault. */
export function wechatErrorBody(code: WechatErrorCode): Json {
  return { errcode: code, errmsg: SENTENCES[code] };
}

/** An error inside HTTP 200: WeChat knows no other way to refuse. */
export function wechatError(code: WechatErrorCode): HttpAnswer {
  return jsonAnswer(200, wechatErrorBody(code));
}
