import type { Account } from '../../src/sdk/index.js';
import type { TokenVerdict } from './mail.js';
import { sameAddressForm } from './mime/addresses.js';
import { conversationKey, readToken, tokenText } from './token.js';

export interface Ids {
  readonly messageId: string | null;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
}

export interface Thread {
  readonly conversation: string;
  readonly token: TokenVerdict;
  /** The mail begins a thread of its own. */
  readonly isRoot: boolean;
}

export interface Party {
  /** Whom the thread is with: the sender, or for our own mail its first recipient. */
  readonly address: string;
  /** Every address the mail was sent to, as headers and envelope name them. */
  readonly recipients: readonly string[];
  /** False for mail that only claims to be ours: a token does not let it into a customer's thread. */
  readonly mayUseToken: boolean;
}

/** Tokens looked at in one mail at most. */
const MAX_TOKENS = 60;

/**
 * Which conversation a mail belongs to: the first genuine, unexpired token in its recipients or its
 * thread, else root and party. A forged token counts for nothing at all.
 */
export function findThread(ids: Ids, party: Party, account: Account, now: number): Thread {
  const root = ids.references[0] ?? ids.inReplyTo[0] ?? ids.messageId ?? '';
  const isRoot = ids.references.length === 0 && ids.inReplyTo.length === 0;
  const own = conversationKey(root, party.address);
  let expired = false;
  for (const text of party.mayUseToken ? candidates(ids, party.recipients) : []) {
    const token = readToken(account.macKeys, text, now);
    if (token === null) continue;
    if (!token.expired) {
      const proven = token.wasMailedTo(party.address);
      return { conversation: token.conversation, token: { state: 'valid', proven }, isRoot };
    }
    expired = true;
  }
  return {
    conversation: own,
    token: { state: expired ? 'expired' : 'none', proven: false },
    isRoot,
  };
}

function candidates(ids: Ids, recipients: readonly string[]): readonly string[] {
  const places = [...recipients, ...ids.inReplyTo, ...ids.references.toReversed()];
  const texts = places.map((place) => tokenText(place.replaceAll(/[<>]/g, '')));
  return texts.filter((text) => text !== null).slice(0, MAX_TOKENS);
}

/** Message-IDs of a References or In-Reply-To field, with angle brackets; at most 200, the first and the last ones. */
export function messageIds(field: string): readonly string[] {
  const ids: string[] = [];
  let open = field.indexOf('<');
  while (open >= 0) {
    const close = field.indexOf('>', open);
    if (close < 0) break;
    const id = field.slice(open, close + 1).replaceAll(' ', '');
    if (id.length > 3 && id.length <= 998) ids.push(id);
    open = field.indexOf('<', close);
  }
  return ids.length <= 200 ? ids : [...ids.slice(0, 1), ...ids.slice(-199)];
}

export function isOurs(address: string, own: readonly string[]): boolean {
  return own.some((mine) => sameAddressForm(mine) === sameAddressForm(address));
}
