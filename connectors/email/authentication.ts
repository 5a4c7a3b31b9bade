import type { Authentication } from './mail.js';
import type { Fields } from './mime/fields.js';
import { every } from './mime/fields.js';

const LONGEST = 8_000;

/**
 * Reads the topmost Authentication-Results field (RFC 8601) of a server the settings name; all
 * others are ignored, since anybody can write one. DMARC alignment: `dmarc=pass`, or SPF or DKIM
 * passed for the domain of From.
 */
export function readAuthentication(
  fields: Fields,
  fromAddress: string,
  trusted: readonly string[],
): Authentication {
  const names = new Set(trusted.map((name) => name.toLowerCase()));
  for (const value of every(fields, 'authentication-results')) {
    const [server = '', ...results] = splitResults(value.slice(0, LONGEST));
    const name = server.split(' ')[0]?.toLowerCase() ?? '';
    if (!names.has(name)) continue;
    return judge(name, results, domainOf(fromAddress));
  }
  return { by: null, aligned: false, dmarc: 'none' };
}

/**
 * Splits at semicolons outside comments and quoted strings (RFC 8601, 2.2; RFC 5322, 3.2.2 and
 * 3.2.4). What never closes may have swallowed a verdict: nothing behind the server's name is believed.
 */
function splitResults(text: string): readonly string[] {
  const { plain, closed } = withoutQuotes(text);
  const results = plain.split(';').map((result) => result.trim());
  return closed ? results : results.slice(0, 1);
}

/**
 * Comments are left out. Whatever a quoted string holds is the sender's to choose: its blanks, `=`
 * and `;` are shown as `_`, so that it stays one word and never becomes a property.
 */
function withoutQuotes(text: string): { readonly plain: string; readonly closed: boolean } {
  let plain = '';
  let i = 0;
  for (; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '(') i = endOfComment(text, i);
    else if (c === '"') {
      const end = endOfQuoted(text, i);
      plain += text
        .slice(i + 1, end)
        .replace(/\\./gs, '')
        .replace(/[\s=;]/g, '_');
      i = end;
    } else plain += /\s/.test(c) ? ' ' : c;
  }
  return { plain, closed: i === text.length };
}

/** Where the string that opens here closes; the end of the text when it never does. */
function endOfQuoted(text: string, from: number): number {
  let i = from + 1;
  while (i < text.length && text.charAt(i) !== '"') i += text.charAt(i) === '\\' ? 2 : 1;
  return i;
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '\\') i += 1;
    else if (c === '(') depth += 1;
    else if (c === ')') depth -= 1;
    if (depth === 0) return i;
  }
  return text.length;
}

/** Our server judges DMARC once: of several verdicts at least one is not its own, and none is believed. */
function judge(by: string, results: readonly string[], domain: string): Authentication {
  const verdicts = results.filter((result) => /^dmarc *=/i.test(result));
  const [dmarc, ...others] = verdicts;
  if (others.length > 0) return { by, aligned: false, dmarc: 'ambiguous' };
  if (dmarc !== undefined) {
    const verdict = verdictOf(dmarc);
    const named = property(dmarc, 'header.from');
    const same = named === '' || related(domain, named);
    return { by, aligned: verdict === 'pass' && same && domain !== '', dmarc: verdict };
  }
  return { by, aligned: results.some((result) => passesFor(result, domain)), dmarc: 'none' };
}

function passesFor(result: string, domain: string): boolean {
  if (verdictOf(result) !== 'pass') return false;
  const method = result.split('=')[0]?.toLowerCase() ?? '';
  if (method === 'dkim') {
    const signer = property(result, 'header.d') || domainOf(property(result, 'header.i'));
    return related(domain, signer);
  }
  if (method !== 'spf') return false;
  const sender = property(result, 'smtp.mailfrom');
  return related(domain, sender.includes('@') ? domainOf(sender) : sender);
}

function verdictOf(result: string): string {
  return (result.split(' ')[0]?.split('=')[1] ?? '').toLowerCase();
}

function property(result: string, name: string): string {
  const words = result.split(' ').filter((word) => word.toLowerCase().startsWith(`${name}=`));
  return words.length === 1 ? (words[0] ?? '').slice(name.length + 1).toLowerCase() : '';
}

/** Equal, or a subdomain of the authenticated domain; never the other way round without a list of suffixes. */
function related(domain: string, authenticated: string): boolean {
  if (domain === '' || !authenticated.includes('.')) return false;
  return domain === authenticated || domain.endsWith(`.${authenticated}`);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
