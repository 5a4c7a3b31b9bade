import type { Envelope } from '../../src/sdk/index.js';
import { readAuthentication } from './authentication.js';
import type { Authentication } from './mail.js';
import { mailboxes, plainAddress, sameAddressForm } from './mime/addresses.js';
import type { Mailbox } from './mime/addresses.js';
import { every } from './mime/fields.js';
import type { ReadMail } from './read.js';
import type { Settings } from './settings.js';
import { isOurs } from './thread.js';
import type { MailNotes } from './transport.js';

/** Who a mail is from and to, as far as its header and its way say. */
export interface Who {
  /** The first From, or null; Sender stands in only for reports without one. */
  readonly from: Mailbox | null;
  readonly fallback: Mailbox | null;
  /** Exactly one From with exactly one address: only then anything about it is proven. */
  readonly single: boolean;
  readonly authentication: Authentication;
  /** `trusted`: from the Sent folder or with an aligned From; `claimed`: only From says it is ours. */
  readonly echo: 'no' | 'claimed' | 'trusted';
  readonly own: readonly string[];
  /** Envelope sender: '' is the null sender, null is unknown. */
  readonly returnPath: string | null;
  /** Addresses the mail was delivered to, as the envelope and the servers say. */
  readonly deliveredTo: readonly string[];
  /** Never empty. */
  readonly handle: string;
}

export function readWho(read: ReadMail, envelope: Envelope, settings: Settings | null): Who {
  const notes: MailNotes = envelope.notes;
  const from = read.from[0] ?? null;
  const fallback = mailboxes(read.fields, 'sender', read.hint)[0] ?? null;
  const single = read.from.length === 1 && every(read.fields, 'from').length === 1;
  const own = settings === null ? [] : [settings.address, ...settings.ownAddresses];
  const trusted = settings?.trustedAuthservIds ?? [];
  const claimed = single ? (from?.address ?? '') : '';
  const authentication = readAuthentication(read.fields, claimed, trusted);
  const returnPath = notes.mailFrom ?? returnPathOf(read);
  return {
    from,
    fallback,
    single,
    authentication,
    echo: echoOf(notes, from, own, authentication.aligned),
    own,
    returnPath,
    deliveredTo: deliveredTo(read, notes),
    handle: handleOf(from ?? fallback, returnPath),
  };
}

function echoOf(
  notes: MailNotes,
  from: Mailbox | null,
  own: readonly string[],
  aligned: boolean,
): Who['echo'] {
  if (notes.role === 'sent') return 'trusted';
  if (from === null || from.address === '' || !isOurs(from.address, own)) return 'no';
  return aligned ? 'trusted' : 'claimed';
}

function returnPathOf(read: ReadMail): string | null {
  const field = every(read.fields, 'return-path')[0];
  return field === undefined ? null : field.replaceAll(/[<>]/g, '').trim().slice(0, 320);
}

const DELIVERY_FIELDS = [
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-delivered-to',
  'x-envelope-to',
];

function deliveredTo(read: ReadMail, notes: MailNotes): readonly string[] {
  const fields = DELIVERY_FIELDS.flatMap((name) => every(read.fields, name).slice(0, 10));
  const plain = [...(notes.rcptTo ?? '').split(' '), ...fields]
    .map((text) => plainAddress(text.replaceAll(/[<>]/g, '')))
    .filter((address) => address !== null);
  return [...new Set(plain)].slice(0, 50);
}

function handleOf(sender: Mailbox | null, returnPath: string | null): string {
  const address = sender?.address ?? '';
  if (address !== '') return sameAddressForm(address);
  return (returnPath ?? '') === '' ? 'unknown' : (returnPath ?? '').slice(0, 320);
}

export function addressesOf(boxes: readonly Mailbox[]): readonly string[] {
  return boxes.map(({ address }) => address).filter((address) => address !== '');
}
