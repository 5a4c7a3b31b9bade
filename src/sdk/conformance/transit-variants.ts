import { gzipSync } from 'node:zlib';
import type { InboundRequest } from '../inbound.js';
import type { Bench } from './check.js';
import { genuine, readPlace, webhookOf, withPlace } from './forgeries.js';
import { signatureAs } from './variants.js';
import type { Variant } from './variants.js';

/** The same body in another transfer or character encoding: other bytes, so another body. */
export function reencodedBodies(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  const { body, headers } = request;
  const text = body.toString();
  const size = body.length.toString(16);
  const encoded = (what: string, bytes: Buffer, more: Record<string, string> = {}): Variant => [
    what,
    { ...request, body: bytes, headers: { ...headers, ...more } },
  ];
  return [
    encoded('gzipped', gzipSync(body), { 'content-encoding': 'gzip' }),
    encoded('as chunks', Buffer.from(`${size}\r\n${text}\r\n0\r\n\r\n`)),
    encoded('with a byte order mark', Buffer.concat([Buffer.from('\uFEFF'), body])),
    encoded('as UTF-16', Buffer.from(text, 'utf16le')),
    encoded('as base64', Buffer.from(body.toString('base64'))),
    encoded('twice', Buffer.concat([body, body])),
    encoded('inside a JSON string', Buffer.from(JSON.stringify(text))),
  ];
}

/** Headers with which a sender tells who he is, where he meant to go and what he meant to do. */
const CLAIMS: Readonly<Record<string, string>> = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'http',
  'x-forwarded-for': '127.0.0.1',
  'x-real-ip': '127.0.0.1',
  forwarded: 'for=127.0.0.1;host=evil.example;proto=http',
  'x-original-url': '/admin',
  'x-rewrite-url': '/admin',
  'x-http-method-override': 'GET',
  'content-encoding': 'identity',
  'transfer-encoding': 'chunked',
  authorization: 'Bearer anything',
  cookie: 'session=anything',
};

export function spoofedHeaders(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  const names = new Set(provenHeaders(bench));
  return Object.entries(CLAIMS)
    .filter(([name]) => !names.has(name))
    .map(([name, value]) => [name, { ...request, headers: { ...request.headers, [name]: value } }]);
}

/** The same claims, and nothing that proves them. */
export function unsignedClaims(bench: Bench): readonly Variant[] {
  const unsigned = signatureAs(bench, null);
  const names = new Set(provenHeaders(bench));
  const claims = Object.entries(CLAIMS).filter(([name]) => !names.has(name));
  const headers = { ...unsigned.headers, ...Object.fromEntries(claims) };
  return [
    ['every claim at once', { ...unsigned, headers }],
    ['from this machine', { ...unsigned, remoteAddress: '127.0.0.1' }],
  ];
}

function provenHeaders(bench: Bench): readonly string[] {
  const { signature, signed } = webhookOf(bench);
  return [signature, ...signed].flatMap((it) => (it.in === 'header' ? [it.name] : []));
}

/** Other ways to write where it was sent; what proves a delivery is not guessed from them. */
export function otherAddresses(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  const { url } = request;
  const at = (what: string, other: string): Variant => [
    what,
    { ...request, url: other, query: new URL(other).searchParams },
  ];
  const { origin, pathname, search } = new URL(url);
  return [
    at('another path', `${origin}${pathname}x${search}`),
    at('upper case', `${origin}${pathname.toUpperCase()}${search}`),
    at('a slash at the end', `${origin}${pathname}/${search}`),
    at('another host', `https://evil.example${pathname}${search}`),
    at('without encryption', url.replace(/^https:/, 'http:')),
    ...reordered(request).map(([what, other]) => [what, other] as const),
  ];
}

function reordered(request: InboundRequest): readonly Variant[] {
  const entries = [...request.query.entries()].reverse();
  if (entries.length < 2) return [];
  const url = new URL(request.url);
  url.search = new URLSearchParams(entries).toString();
  return [['parameters reordered', { ...request, url: url.href, query: url.searchParams }]];
}

/** The signature, but claimed to be of a weaker or unknown scheme. */
export function downgrades(bench: Bench): readonly Variant[] {
  const place = webhookOf(bench).signature;
  const text = readPlace(genuine(bench), place);
  const bare = text.replace(/^[a-z0-9]+[=,]/i, '');
  return ['sha1=', 'md5=', 'none=', 'v0=', 'v1a,', 'v2,', 'sha1,'].map((scheme) => [
    `as ${scheme}`,
    withPlace(genuine(bench), place, `${scheme}${bare}`),
  ]);
}
