import { gzipSync } from 'node:zlib';
import { below, seededChance } from './chance.js';

/** Hostile bytes and what they are. */
export type Variant = readonly [what: string, body: Buffer];

const HUGE = 8 * 1024 * 1024;

export function truncated(body: Buffer): readonly Variant[] {
  const step = Math.max(1, Math.floor(body.length / 40));
  const lengths = Array.from({ length: 40 }, (_unused, index) => index * step);
  return lengths
    .filter((length) => length < body.length)
    .map((length): Variant => [`cut to ${String(length)} bytes`, body.subarray(0, length)]);
}

export function huge(body: Buffer): readonly Variant[] {
  const half = body.length >> 1;
  const filler = (text: string) =>
    Buffer.concat([body.subarray(0, half), Buffer.alloc(HUGE, text), body.subarray(half)]);
  return [
    ['8 MiB of letters', Buffer.alloc(HUGE, 'a')],
    ['8 MiB of line breaks', Buffer.alloc(HUGE, '\r\n')],
    ['8 MiB of zeros', Buffer.alloc(HUGE)],
    ['8 MiB of letters inside', filler('x')],
    ['8 MiB of separators inside', filler('&a=')],
    ['8 MiB of spaces inside', filler(' ')],
  ];
}

export function deep(): readonly Variant[] {
  const nested = (open: string, close: string) =>
    Buffer.from(open.repeat(10_000) + close.repeat(10_000));
  return [
    ['10,000 arrays', nested('[', ']')],
    ['10,000 objects', nested('{"a":', '}')],
    ['10,000 open brackets', Buffer.from('['.repeat(10_000))],
    ['10,000 elements', nested('<a>', '</a>')],
    ['10,000 form brackets', Buffer.from(`a${'[b]'.repeat(10_000)}=1`)],
  ];
}

export function prototypes(body: Buffer): readonly Variant[] {
  const text = body.toString();
  const poison = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
  return [
    ['__proto__ alone', Buffer.from(`{${poison}}`)],
    ['__proto__ in the sample', Buffer.from(text.replace('{', `{${poison},`))],
    ['__proto__ as a form field', Buffer.from(`__proto__[polluted]=1&__proto__=1&${text}`)],
    ['__proto__ as a header', Buffer.from(`__proto__: polluted\r\nconstructor: x\r\n${text}`)],
  ];
}

export function badText(body: Buffer): readonly Variant[] {
  const text = body.toString();
  const half = text.length >> 1;
  const inside = (what: string) => Buffer.from(text.slice(0, half) + what + text.slice(half));
  const bytesInside = (bytes: Buffer) =>
    Buffer.concat([body.subarray(0, body.length >> 1), bytes, body.subarray(body.length >> 1)]);
  return [
    ['NUL', inside('\u0000')],
    ['escaped NUL', inside('\\u0000')],
    ['percent-encoded NUL', inside('%00')],
    ['escaped lone surrogate', inside('\\ud83d')],
    ['escaped low surrogate', inside('\\udc00')],
    ['lone surrogate as bytes', bytesInside(Buffer.from([0xed, 0xa0, 0xbd]))],
    ['percent-encoded lone surrogate', inside('%ED%A0%BD')],
    ['escaped values', Buffer.from('{"a":"\\u0000","b":"\\ud83d x","c":["\\udc00"]}')],
    ['a form of them', Buffer.from('Body=%00%ED%A0%BD&From=%00&a=\u0000')],
  ];
}

export function charsets(body: Buffer): readonly Variant[] {
  const text = body.toString();
  return [
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['UTF-16 with its mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${text}`)],
    ['bytes of another charset', Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0xff, 0xfe, 0x80])],
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0x80])],
    ['null', Buffer.from('null')],
    ['a number', Buffer.from('24000000000000001')],
    ['a string', Buffer.from('"text"')],
    ['an empty object', Buffer.from('{}')],
    ['an empty list', Buffer.from('[]')],
    ['a list of nulls', Buffer.from('[null,null]')],
  ];
}

const MUTATIONS_PER_FIXTURE = 40;

export function mutations(body: Buffer): readonly Variant[] {
  const chance = seededChance(64 + body.length);
  return Array.from({ length: MUTATIONS_PER_FIXTURE }, (_unused, index): Variant => {
    const damaged = Buffer.from(body);
    for (let hit = 0; hit <= index % 8; hit += 1) {
      damaged[below(chance, damaged.length)] = below(chance, 256);
    }
    return [`mutation ${String(index + 1)}`, damaged];
  });
}

const ENTITIES = Array.from(
  { length: 12 },
  (_unused, level) => `<!ENTITY e${String(level + 1)} "${`&e${String(level)};`.repeat(10)}">`,
).join('');

/** Small on the wire, large or elsewhere once it is believed. */
export function bombs(body: Buffer): readonly Variant[] {
  const doctype = (what: string, use: string) =>
    Buffer.from(
      `<?xml version="1.0"?><!DOCTYPE xml [${what}]><xml><Content>${use}</Content></xml>`,
    );
  return [
    ['entities within entities', doctype(`<!ENTITY e0 "boom">${ENTITIES}`, '&e12;')],
    ['a file as an entity', doctype('<!ENTITY f SYSTEM "file:///etc/passwd">', '&f;')],
    ['a URL as an entity', doctype('<!ENTITY f SYSTEM "http://127.0.0.1:9/">', '&f;')],
    ['gzip of 8 MiB', gzipSync(Buffer.alloc(HUGE))],
    ['50,000 fields', Buffer.from('a=1&'.repeat(50_000))],
    ['50,000 members', Buffer.from(`{${'"a":1,'.repeat(50_000)}"b":2}`)],
    ['a number of 100,000 digits', Buffer.from(`{"id":${'9'.repeat(100_000)}}`)],
    ['100 copies', Buffer.concat(Array.from({ length: 100 }, () => body))],
  ];
}
