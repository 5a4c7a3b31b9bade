import type { MailClass } from './mail.js';
import type { Mailbox } from './mime/addresses.js';
import { sameAddressForm, withoutTag } from './mime/addresses.js';
import type { Ids, Thread } from './thread.js';

/** Copies and ids that an answer carries at most. */
const MAX_COPIES = 50;
const MAX_REFERENCES = 20;
const MAX_ID = 250;

interface Circumstances {
  readonly class: MailClass;
  readonly from: Mailbox | null;
  readonly replyTo: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly subject: string | null;
  readonly ids: Ids;
  readonly thread: Thread;
  /** From is DMARC-aligned. */
  readonly aligned: boolean;
  readonly own: readonly string[];
  readonly noAutoReply: boolean;
}

/**
 * What an answer must carry. The core lays each draft's context over the earlier ones, so what is
 * left out keeps its value: a participant who holds a token, but is not the one it was mailed to,
 * changes neither the recipient nor the copies.
 */
export function replyContextOf(mail: Circumstances): Record<string, unknown> {
  if (mail.class === 'echo') return mail.thread.token.state === 'valid' ? threading(mail) : {};
  if (mail.class !== 'message') return {};
  const participant = mail.thread.token.state === 'valid' && !mail.thread.token.proven;
  return {
    ...threading(mail),
    ...(mail.subject === null ? {} : { subject: mail.subject.slice(0, 500) }),
    ...(participant ? {} : recipient(mail)),
    ...(participant ? {} : copied(mail)),
    ...(mail.noAutoReply ? { noAutoReply: true } : {}),
  };
}

function threading({ ids }: Circumstances): Record<string, unknown> {
  if (ids.messageId === null || ids.messageId.length > MAX_ID) return {};
  const earlier = [...(ids.references.length > 0 ? ids.references : ids.inReplyTo), ids.messageId];
  const kept = [...new Set(earlier)].filter((id) => id.length <= MAX_ID);
  const bounded =
    kept.length <= MAX_REFERENCES ? kept : [...kept.slice(0, 1), ...kept.slice(1 - MAX_REFERENCES)];
  return { messageId: ids.messageId, references: bounded };
}

/** Answers go to From. A differing Reply-To counts only with an aligned From; else an agent has to confirm it. */
function recipient({ from, replyTo, aligned, own }: Circumstances): Record<string, unknown> {
  const address = from?.address ?? '';
  const wished = replyTo.find((box) => box.address !== '')?.address ?? '';
  const differs =
    wished !== '' && sameAddressForm(wished) !== sameAddressForm(address) && !isOwn(wished, own);
  if (address === '') return differs ? { replyToUnconfirmed: wished } : {};
  if (!differs) return { to: address };
  return aligned ? { to: wished } : { to: address, replyToUnconfirmed: wished };
}

/**
 * A forged From in a known thread could add a copy for its author. So copies are taken from an
 * aligned sender, from one who answers with our token, or from the mail that opens the thread. Only
 * the core knows whether it does: a forged mail may repeat the Message-ID of a root.
 */
function copied(mail: Circumstances): Record<string, unknown> {
  const cc = copies(mail);
  if (mail.aligned || mail.thread.token.proven) return { cc };
  return mail.thread.isRoot && cc.length > 0 ? { opening: { cc } } : {};
}

function copies({ cc, from, own }: Circumstances): readonly string[] {
  const sender = sameAddressForm(from?.address ?? '');
  const others = cc
    .map(({ address }) => address)
    .filter(
      (address) => address !== '' && !isOwn(address, own) && sameAddressForm(address) !== sender,
    );
  return [...new Set(others)].slice(0, MAX_COPIES);
}

function isOwn(address: string, own: readonly string[]): boolean {
  const plain = sameAddressForm(withoutTag(address));
  return own.some(
    (mine) => sameAddressForm(mine) === plain || sameAddressForm(mine) === sameAddressForm(address),
  );
}
