import { createHash } from 'node:crypto';
import type { Account } from '../../src/sdk/index.js';
import { textOf } from './document.js';
import type { Fields } from './document.js';

/**
 * What customers send, and the words in it: every other `MsgType`, `event` first of all, is kept as an event.
 * Source: developers.weixin.qq.com, "接收普通消息" (official account), "接收消息和事件" (mini program).
 */
const WORDS: Readonly<Record<string, (push: Fields) => readonly string[]>> = {
  text: (push) => [textOf(push, 'Content')],
  image: () => [],
  voice: (push) => [textOf(push, 'Recognition')],
  video: (push) => [textOf(push, 'Title'), textOf(push, 'Description')],
  shortvideo: () => [],
  location: (push) => [`${textOf(push, 'Label')} (${placeOf(push)})`.trim()],
  link: (push) => [textOf(push, 'Title'), textOf(push, 'Description'), textOf(push, 'Url')],
  file: (push) => [textOf(push, 'Title', 'FileName'), textOf(push, 'Description')],
  miniprogrampage: (push) => [textOf(push, 'Title')],
};

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  shortvideo: 'video/mp4',
};

/**
 * The line WeChat puts in place of what it cannot show (a sticker, a shared card): nobody wrote it.
 * From memory, and therefore here in one place.
 */
const PLACEHOLDER = /^[[【](?:收到)?不支持的消息类型.{0,20}[\]】]$|^\[Unsupported [Mm]essage\]$/u;

const LONGEST_KEY = 200;

/**
 * `{ what, id, our, customer, identities, sentAt, type, event, text, media, params }`: `what` is `message`,
 * `placeholder` or `event`, `params` are WeChat's own fields. `isVouchedFor`: WeChat signed what the push says, not only its time.
 */
export function factOf(push: Fields, { settings }: Account, isVouchedFor: boolean): unknown {
  const customer = textOf(push, 'FromUserName');
  const type = textOf(push, 'MsgType');
  const words = customer === '' ? undefined : WORDS[Object.hasOwn(WORDS, type) ? type : ''];
  return {
    ...(words === undefined ? eventOf(push) : messageOf(push, type, words(push))),
    our: textOf(push, 'ToUserName'),
    customer,
    identities: isVouchedFor ? provenBy(push, settings['openPlatform']) : claimedBy(push),
    sentAt: textOf(push, 'CreateTime'),
    type,
    params: push,
  };
}

function messageOf(push: Fields, type: string, words: readonly string[]): object {
  const text = words.filter((line) => line.trim() !== '').join('\n');
  const isPlaceholder = type === 'text' && PLACEHOLDER.test(text.trim());
  return {
    what: isPlaceholder ? 'placeholder' : 'message',
    id: textOf(push, 'MsgId') || eventId(push),
    event: '',
    text,
    media: mediaOf(push, type),
  };
}

function eventOf(push: Fields): object {
  const event = textOf(push, 'Event', 'InfoType', 'MsgType');
  return { what: 'event', id: eventId(push), event, text: '', media: [] };
}

/**
 * WeChat numbers messages, not events: sender, second and name are its own advice, and the hash of what it
 * says tells two of the same second apart.
 */
function eventId(push: Fields): string {
  const names = ['FromUserName', 'CreateTime', 'Event', 'EventKey'] as const;
  const said = createHash('sha256').update(JSON.stringify(push)).digest('hex').slice(0, 12);
  return [...names.map((name) => textOf(push, name).slice(0, LONGEST_KEY)), said]
    .filter((piece) => piece !== '')
    .join('#');
}

/** A UnionID is one person within one account of the Open Platform, and says nothing without its name. */
function provenBy(push: Fields, openPlatform: unknown): readonly object[] {
  const openid = textOf(push, 'FromUserName');
  const unionid = textOf(push, 'UnionId', 'UnionID', 'unionid');
  const scope = typeof openPlatform === 'string' ? openPlatform.trim() : '';
  return [
    ...(openid === '' ? [] : [{ kind: 'openid', value: openid, proof: 'proven' }]),
    ...(unionid === '' || scope === ''
      ? []
      : [{ kind: 'unionid', value: unionid, scope, proof: 'proven' }]),
  ];
}

/** Whoever has seen one signed URL can put any body under it: its OpenID joins nobody, its UnionID names nobody. */
function claimedBy(push: Fields): readonly object[] {
  const openid = textOf(push, 'FromUserName');
  return openid === '' ? [] : [{ kind: 'openid', value: openid, proof: 'strong' }];
}

/** A file without an id (documents in a chat) cannot be fetched: its name is in the text. */
function mediaOf(push: Fields, type: string): readonly object[] {
  const id = textOf(push, 'MediaId');
  const ref = id === '' ? textOf(push, 'PicUrl') : `media:${id}`;
  if (ref === '') return [];
  return [{ ref, name: nameOf(push, type), type: MEDIA_TYPES[type] ?? voiceType(push) }];
}

function nameOf(push: Fields, type: string): string | null {
  return type === 'file' ? textOf(push, 'Title', 'FileName') || null : null;
}

function voiceType(push: Fields): string | null {
  const format = textOf(push, 'Format').toLowerCase();
  return /^(amr|speex|mp3)$/.test(format) ? `audio/${format === 'mp3' ? 'mpeg' : format}` : null;
}

function placeOf(push: Fields): string {
  return `${textOf(push, 'Location_X')}, ${textOf(push, 'Location_Y')}`;
}
