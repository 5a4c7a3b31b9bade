import { isIP } from 'node:net';
import type { AddressGuard } from './address.js';

/** What an installation lets its connectors request. */
export interface TargetRules {
  readonly guard: AddressGuard;
  readonly ports: readonly number[] | undefined;
}

export type Target =
  | { readonly kind: 'approved'; readonly url: URL }
  | { readonly kind: 'forbidden'; readonly why: string };

/**
 * Judges a URL before anything is resolved: names are judged when they are connected to. The URL
 * parser has already made 0x7f.1 and 2130706433 into 127.0.0.1.
 *
 * @param from the URL that redirects here
 */
export function approve(text: string, rules: TargetRules, from?: URL): Target {
  if (!URL.canParse(text, from?.href)) {
    return { kind: 'forbidden', why: 'the address is not a URL' };
  }
  const url = new URL(text, from);
  const why = schemeObjection(url, from) ?? hostObjection(url, rules);
  return why === null ? { kind: 'approved', url } : { kind: 'forbidden', why };
}

function schemeObjection(url: URL, from: URL | undefined): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return `only http and https are requested, not ${url.protocol.slice(0, 20)}`;
  }
  if (from?.protocol === 'https:' && url.protocol === 'http:') {
    return `${from.hostname} redirects from https to plain http`;
  }
  return null;
}

function hostObjection(url: URL, { guard, ports }: TargetRules): string | null {
  if (url.username !== '' || url.password !== '') {
    return 'a user name or password inside a URL is not sent; use a header';
  }
  const port = portOf(url);
  if (ports?.includes(port) === false) {
    return `port ${String(port)} is not among the ports this installation allows`;
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !guard.permits(literal)) {
    return `${literal} is a private or reserved address; network.allowPrivate in hubbub.yaml opens what is yours`;
  }
  return null;
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
