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

/** Splits at semicolons outside comments and quotes; comments are left out. */
function splitResults(text: string): readonly string[] {
  const out: string[] = [];
  let piece = '';
  let depth = 0;
  for (const c of text) {
    if (c === '(') depth += 1;
    else if (c === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0 && c === ';') {
      out.push(piece.trim());
      piece = '';
    } else if (depth === 0) piece += c;
  }
  return [...out, piece.trim()];
}

function judge(by: string, results: readonly string[], domain: string): Authentication {
  const dmarc = results.find((result) => result.toLowerCase().startsWith('dmarc='));
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
  const word = result.split(' ').find((piece) => piece.toLowerCase().startsWith(`${name}=`));
  return (word ?? '')
    .slice(name.length + 1)
    .replaceAll('"', '')
    .toLowerCase();
}

/** Equal, or a subdomain of the authenticated domain; never the other way round without a list of suffixes. */
function related(domain: string, authenticated: string): boolean {
  if (domain === '' || !authenticated.includes('.')) return false;
  return domain === authenticated || domain.endsWith(`.${authenticated}`);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
