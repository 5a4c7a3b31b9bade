import { createHash } from 'node:crypto';
import { base32, checkMac, DAY, mac, mintMac } from '../../src/sdk/index.js';
import type { MacKey } from '../../src/sdk/index.js';
import { sameAddressForm } from './mime/addresses.js';

/** How long a reply token files mail; afterwards the thread and its sender still do. */
const TOKEN_DAYS = 180;

const CONVERSATION = 16;
const FINGERPRINT = 6;
const MAC = 24;

/** What a genuine token says. */
export interface ReplyToken {
  readonly conversation: string;
  readonly expired: boolean;
  /** True for the address the token was mailed to. */
  readonly wasMailedTo: (address: string) => boolean;
}

/** First 16 characters of base32(sha256(text)): 80 bits. */
export function shortHash(text: string, length: number): string {
  return base32(createHash('sha256').update(text).digest()).slice(0, length);
}

/**
 * The key of a thread: its root's Message-ID together with the other party's address, so that a
 * stranger who knows a Message-ID does not land in somebody else's thread.
 */
export function conversationKey(rootId: string, party: string): string {
  return shortHash(`${rootId}\n${sameAddressForm(party)}`, CONVERSATION);
}

/** Keyed, so that nobody outside can look for another address with the same fingerprint. */
function fingerprint(key: string, address: string): string {
  return mac(key, 'reply-address', sameAddressForm(address)).slice(0, FINGERPRINT);
}

/**
 * `<conversation>.<expiry day, base36>.<fingerprint of the address>.<MAC>`: at most 54 characters,
 * letters and digits of one case only, so that it survives mail addresses.
 */
export function mintToken(
  keys: readonly MacKey[],
  conversation: string,
  address: string,
  now: number,
): string {
  const newest = keys[0]?.key ?? '';
  const expiry = Math.floor(now / DAY) + TOKEN_DAYS;
  const subject = `${tokenName(conversation)}.${expiry.toString(36)}.${fingerprint(newest, address)}`;
  return `${subject}.${mintMac(keys, 'reply', subject)}`;
}

/** Conversations that did not begin by mail have keys of other shapes: those get a hash of theirs. */
function tokenName(conversation: string): string {
  return /^[a-z2-7]{16}$/.test(conversation) ? conversation : shortHash(conversation, CONVERSATION);
}

/** Reads a token from the end of a local part; null unless one of our keys signed it. */
export function readToken(keys: readonly MacKey[], text: string, now: number): ReplyToken | null {
  const pieces = text.toLowerCase().split('.').slice(-4);
  const [conversation = '', expiry = '', print = '', given = ''] = pieces;
  if (conversation.length !== CONVERSATION || print.length !== FINGERPRINT) return null;
  if (given.length !== MAC || !/^[0-9a-z]{1,5}$/.test(expiry)) return null;
  if (!checkMac(keys, 'reply', `${conversation}.${expiry}.${print}`, given)) return null;
  return {
    conversation,
    expired: Number.parseInt(expiry, 36) * DAY < now,
    wasMailedTo: (address) => keys.some(({ key }) => fingerprint(key, address) === print),
  };
}

/** The tokens that an address may carry (`local+token@…`) or a Message-ID (`<nonce.token@…>`). */
export function tokenText(address: string): string | null {
  const at = address.lastIndexOf('@');
  const local = at < 0 ? '' : address.slice(0, at);
  return local.length < CONVERSATION + MAC ? null : local.slice(local.lastIndexOf('+') + 1);
}
