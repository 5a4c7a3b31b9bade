import { addressParser } from 'postal-mime';
import { mendWindows1252 } from './charset.js';
import type { Fields } from './fields.js';
import { every, readable } from './fields.js';

/** One mailbox as a mail names it. `address` is empty when what stands there is none. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Mailboxes read from one mail at most; the header limits bound the text. */
const MAX_MAILBOXES = 500;
const FIELD_CHARACTERS = 50_000;
/** Groups of one field; with more of them the marks of groups are read as blanks. */
const MAX_GROUPS = 20;

/** Every mailbox of the fields of that name, groups unwrapped, in order. */
export function mailboxes(fields: Fields, name: string, hint: string): readonly Mailbox[] {
  const found: Mailbox[] = [];
  for (const value of every(fields, name)) {
    const text = withFewGroups(readable(value.slice(0, FIELD_CHARACTERS), hint));
    for (const entry of addressParser(text, { flatten: true })) {
      if (found.length >= MAX_MAILBOXES) return found;
      found.push(asMailbox(entry.name, entry.address ?? ''));
    }
  }
  return found;
}

/** Nested groups cost a parser time for each level. */
function withFewGroups(text: string): string {
  return text.split(':', MAX_GROUPS + 2).length > MAX_GROUPS + 1
    ? text.replaceAll(':', ' ').replaceAll(';', ',')
    : text;
}

function asMailbox(name: string, address: string): Mailbox {
  return { name: plainName(name), address: plainAddress(withoutComments(address)) ?? '' };
}

/** `pete(his account)@silly.test(his host)` of RFC 5322 A.5; the blanks around a comment go with it. */
function withoutComments(address: string): string {
  if (!address.includes('(') || address.includes('"')) return address;
  let out = '';
  let depth = 0;
  for (const c of address.slice(0, 1_000)) {
    if (c === '(') depth += 1;
    else if (c === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0 && c !== ' ') out += c;
  }
  return out;
}

function plainName(name: string): string {
  const inner = mendWindows1252(name)
    .replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]/g, ' ')
    .trim();
  return inner.length > 1 && inner.startsWith("'") && inner.endsWith("'")
    ? inner.slice(1, -1)
    : inner;
}

/** Characters that may not stand in an address we would ever write to. */
const FORBIDDEN = /[\s"\\(),:;<>[\]\u0000-\u0020\u007f-\u009f\u2028\u2029]/;

/**
 * A plain `local@domain`, or null. Quoted local parts, comments and source routes are refused: parsers
 * disagree about where such mail goes. The domain is lower-cased, the local part kept.
 */
export function plainAddress(text: string): string | null {
  const address = text.trim();
  const at = address.indexOf('@');
  if (at <= 0 || at !== address.lastIndexOf('@') || address.length > 254) return null;
  const local = address.slice(0, at);
  const domain = address
    .slice(at + 1)
    .toLowerCase()
    .replace(/\.$/, '');
  if (FORBIDDEN.test(address) || Buffer.byteLength(local) > 64) return null;
  return isDomain(domain) ? `${local}@${domain}` : null;
}

function isDomain(domain: string): boolean {
  if (domain === '' || domain.length > 253) return false;
  return domain
    .split('.')
    .every(
      (label) =>
        label !== '' &&
        label.length <= 63 &&
        /^[^\u0021-\u002c\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e-][^\u0021-\u002c\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u007e]*$/.test(
          label,
        ),
    );
}

/** The form in which two spellings of one address are equal. */
export function sameAddressForm(address: string): string {
  return address.trim().toLowerCase();
}

/** `local+tag@domain` → `local@domain`. */
export function withoutTag(address: string): string {
  const at = address.lastIndexOf('@');
  const plus = address.indexOf('+');
  return plus > 0 && plus < at ? address.slice(0, plus) + address.slice(at) : address;
}
