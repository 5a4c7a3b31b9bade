import { createHash, randomBytes } from 'node:crypto';
import type { WireMessage } from '../faults.js';
import type { Account } from './account.js';
import type { PushFields } from './entries.js';
import { seal, sign } from './seal.js';

/** A push as WeChat sends it: signed in the URL, its body plain, sealed, or both. */
export function wireOf(account: Account, hookUrl: string, fields: PushFields): WireMessage {
  const url = new URL(hookUrl);
  const timestamp = String(Math.floor(account.now().getTime() / 1_000));
  const nonce = String(randomBytes(4).readUInt32BE());
  const openid = String(fields['FromUserName'] ?? '');
  for (const [name, value] of Object.entries({ timestamp, nonce, openid })) {
    url.searchParams.set(name, value);
  }
  url.searchParams.set('signature', sign(account.token, timestamp, nonce));
  const body = bodyOf(account, fields);
  if (account.encryption !== 'plain') {
    url.searchParams.set('encrypt_type', 'aes');
    url.searchParams.set(
      'msg_signature',
      sign(account.token, timestamp, nonce, body.encrypt ?? ''),
    );
  }
  const type = account.format === 'json' ? 'application/json' : 'text/xml';
  const headers = { 'content-type': type, 'user-agent': 'Mozilla/4.0', accept: '*/*' };
  return { url: url.href, headers, body: Buffer.from(body.text) };
}

function bodyOf(
  account: Account,
  fields: PushFields,
): { readonly text: string; readonly encrypt: string | null } {
  const write = account.format === 'json' ? jsonOf : xmlOf;
  if (account.encryption === 'plain') return { text: write(fields), encrypt: null };
  const { encodingAesKey, appId, originalId } = account;
  const sealing = { encodingAesKey, appId, random: randomBytes(16) };
  const encrypt = seal(Buffer.from(write(fields)), sealing);
  const outer = account.encryption === 'compatible' ? fields : { ToUserName: originalId };
  return { text: write({ ...outer, Encrypt: encrypt }), encrypt };
}

/** Numbers bare, texts as CDATA. */
export function xmlOf(fields: PushFields): string {
  const elements = Object.entries(fields).map(([name, value]) => {
    const inside = typeof value === 'number' || /^MsgId$/i.test(name) ? value : cdata(value);
    return `<${name}>${inside}</${name}>`;
  });
  return `<xml>${elements.join('\n')}</xml>`;
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** As the mini program's console has it: the message id is a bare number of 64 bits. */
export function jsonOf(fields: PushFields): string {
  const members = Object.entries(fields).map(
    ([name, value]) => `"${name}":${name === 'MsgId' ? value : JSON.stringify(value)}`,
  );
  return `{${members.join(',')}}`;
}

/** The GET with which the console tries a hook. */
export function handshakeOf(account: Account, hookUrl: string, echo: string): WireMessage {
  const url = new URL(hookUrl);
  const timestamp = String(Math.floor(account.now().getTime() / 1_000));
  const nonce = createHash('sha1').update(echo).digest('hex').slice(0, 9);
  const signature = sign(account.token, timestamp, nonce);
  for (const [name, value] of Object.entries({ signature, timestamp, nonce, echostr: echo })) {
    url.searchParams.set(name, value);
  }
  return { url: url.href, headers: { accept: '*/*' }, body: Buffer.alloc(0) };
}
