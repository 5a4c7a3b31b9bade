import type { InboundRequest } from '../inbound.js';
import type { Bench } from './check.js';
import { below, seededChance } from './chance.js';
import { flipBit, genuine, readPlace, webhookOf, withPlace, withQuery } from './forgeries.js';
import type { Place } from './subject.js';

/** A changed delivery and what was changed in it. */
export type Variant = readonly [what: string, request: InboundRequest];

function signatureOf(bench: Bench): { readonly place: Place; readonly text: string } {
  const place = webhookOf(bench).signature;
  return { place, text: readPlace(genuine(bench), place) };
}

export const signatureAs = (bench: Bench, value: string | null) =>
  withPlace(genuine(bench), webhookOf(bench).signature, value);

/** Shorter spellings of the signature, all of them wrong. */
export function truncations(bench: Bench): readonly Variant[] {
  const { text } = signatureOf(bench);
  const lengths = [...new Set([1, 2, 4, 8, 16, text.length >> 1, text.length - 1])];
  return lengths
    .filter((length) => length > 0 && length < text.length)
    .map((length) => [
      `${String(length)} of ${String(text.length)} characters`,
      signatureAs(bench, text.slice(0, length)),
    ]);
}

/** Each character of the signature replaced by its neighbour. */
export function changedCharacters(bench: Bench): readonly Variant[] {
  const { text } = signatureOf(bench);
  return [...text].map((character, at) => {
    const other = character === 'B' || character === 'b' ? '7' : 'b';
    const changed = text.slice(0, at) + other + text.slice(at + 1);
    return [`character ${String(at + 1)} changed`, signatureAs(bench, changed)];
  });
}

/** Spellings that decode to the same bytes, and such that do not. */
export function respellings(bench: Bench): readonly Variant[] {
  const { text } = signatureOf(bench);
  const spellings: readonly (readonly [string, string])[] = [
    ['in upper case', text.toUpperCase()],
    ['in lower case', text.toLowerCase()],
    ['as base64url', text.replaceAll('+', '-').replaceAll('/', '_')],
    ['without padding', text.replace(/={1,2}$/, '')],
    ['with a space before', ` ${text}`],
    ['with a line break after', `${text}\n`],
    ['with NUL after', `${text}\u0000`],
    ['twice', `${text}, ${text}`],
    ['after a wrong one', `AAAA, ${text}`],
    ['with an unknown scheme before', `v9,AAAA ${text}`],
    ['percent-encoded', encodeURIComponent(text)],
  ];
  return spellings.map(([what, value]) => [what, signatureAs(bench, value)]);
}

export function emptySignatures(bench: Bench): readonly Variant[] {
  const empty = ['', ' ', '\u0000', 'null', 'undefined', 'v1,', 'sha256=', '=', ','];
  return empty.map((value) => [JSON.stringify(value), signatureAs(bench, value)]);
}

export function wrongSecrets(bench: Bench): readonly Variant[] {
  const { webhook, account, stranger, now } = { ...bench.subject, webhook: webhookOf(bench) };
  const [body] = webhook.bodies;
  const replaced = webhook.secrets.map((name) => [name, stranger.credentials[name]] as const);
  const credentials = { ...account.credentials, ...Object.fromEntries(replaced) };
  return [
    ['with another secret', webhook.sign(body, now, { ...account, credentials })],
    ["another account's delivery", webhook.sign(body, now, stranger)],
  ];
}

export function longerAndShorter(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  const { body } = request;
  const extra = [0x20, 0x0a, 0x00, 0x41, 0x7d].map((byte): Variant => [
    `byte ${String(byte)} appended`,
    { ...request, body: Buffer.concat([body, Buffer.from([byte])]) },
  ]);
  const cuts = [body.length - 1, body.length >> 1, 1, 0].map((length): Variant => [
    `cut to ${String(length)} bytes`,
    { ...request, body: body.subarray(0, length) },
  ]);
  return [...extra, ...cuts];
}

const BIT_FLIPS = 256;

export function flippedBits(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  const bits = request.body.length * 8;
  const step = Math.max(1, Math.floor(bits / BIT_FLIPS));
  const variants: Variant[] = [];
  for (let bit = 0; bit < bits; bit += step) {
    variants.push([`bit ${String(bit)} flipped`, { ...request, body: flipBit(request.body, bit) }]);
  }
  return variants;
}

/** A body of the same values, written by another hand, is not what was signed. */
export function rewrittenJson(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  const value = parsed(request.body);
  const spaced = Buffer.from(JSON.stringify(value, null, 2));
  const changed = Buffer.from(JSON.stringify({ ...(value as object), hubbub: 1 }));
  return [
    ['re-written with spaces', { ...request, body: spaced }],
    ['with one more field', { ...request, body: changed }],
  ];
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return null;
  }
}

export function isJson(bench: Bench): boolean {
  const value = bench.subject.webhook === undefined ? null : parsed(genuine(bench).body);
  return typeof value === 'object' && value !== null;
}

/** Every other signed place changed after signing. */
export function changedPlaces(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  return webhookOf(bench).signed.flatMap((place) => {
    const text = readPlace(request, place);
    const name = place.in === 'path' ? 'path' : place.name;
    const values = [`${text}0`, text.slice(0, -1), null];
    return values.map((value): Variant => [
      `${name} as ${JSON.stringify(value)}`,
      withPlace(request, place, value),
    ]);
  });
}

const MUTATIONS = 1_000;

type Roll = (limit: number) => number;

/** Random damage to what proves a delivery, to its headers and query, and to its body where that is signed. */
export function mutations(bench: Bench): readonly Variant[] {
  const chance = seededChance(20_261_121);
  const roll: Roll = (limit) => below(chance, limit);
  const request = genuine(bench);
  const { signature, signed, coversBody } = webhookOf(bench);
  const places = [signature, ...signed];
  const damages: readonly (() => InboundRequest)[] = [
    () => withPlace(request, places[roll(places.length)] ?? signature, noise(roll)),
    () => damagedPlace(request, places[roll(places.length)] ?? signature, roll),
    () => withQuery(request, noise(roll), noise(roll)),
    () => damagedHeader(request, roll),
    ...(coversBody && request.body.length > 0
      ? [() => ({ ...request, body: flipBit(request.body, roll(request.body.length * 8)) })]
      : []),
  ];
  return Array.from({ length: MUTATIONS }, (_unused, index): Variant => [
    `mutation ${String(index + 1)}`,
    damages[roll(damages.length)]?.() ?? request,
  ]);
}

function noise(roll: Roll): string {
  return Buffer.from(Array.from({ length: 1 + roll(12) }, () => roll(256))).toString('latin1');
}

function damagedPlace(request: InboundRequest, place: Place, roll: Roll): InboundRequest {
  const text = readPlace(request, place);
  const at = roll(text.length + 1);
  return withPlace(request, place, text.slice(0, at) + noise(roll) + text.slice(at));
}

function damagedHeader(request: InboundRequest, roll: Roll): InboundRequest {
  const names = Object.keys(request.headers);
  const name = names[roll(names.length)] ?? 'x-noise';
  return damagedPlace(request, { in: 'header', name }, roll);
}

export function extras(bench: Bench): readonly Variant[] {
  const request = genuine(bench);
  return [
    ['an extra query parameter', withQuery(request, 'hubbub', '1')],
    ['another method', { ...request, method: request.method === 'GET' ? 'POST' : 'GET' }],
    ['another content type', withPlace(request, { in: 'header', name: 'content-type' }, 'text/x')],
    ['another sender address', { ...request, remoteAddress: '203.0.113.77' }],
  ];
}
