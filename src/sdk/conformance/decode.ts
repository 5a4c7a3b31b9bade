import { isDeepStrictEqual } from 'node:util';
import type { Decoded, Envelope } from '../inbound.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { below, seededChance } from './chance.js';
import { decodeOf, envelopeOfFixture } from './envelopes.js';

/** Milliseconds of processor time that one hostile delivery may cost; every input is bounded. */
const DEADLINE = 2_000;
const HUGE = 8 * 1024 * 1024;

type Variant = readonly [what: string, body: Buffer];

function samples(bench: Bench): readonly Envelope[] {
  const envelopes = bench.subject.fixtures.map((fixture) => envelopeOfFixture(bench, fixture));
  if (envelopes.length === 0) throw new Error('the subject brings no fixtures');
  return envelopes;
}

function firstSample(bench: Bench): Envelope {
  const [first] = samples(bench);
  if (first === undefined) throw new Error('the subject brings no fixtures');
  return first;
}

/** What is wrong with how one body was decoded; null: nothing. */
async function decodeFault(bench: Bench, envelope: Envelope): Promise<string | null> {
  const before = process.cpuUsage();
  let decoded: Decoded;
  try {
    decoded = await decodeOf(bench, envelope);
  } catch (error) {
    return `decode threw: ${String(error).slice(0, 200)}`;
  }
  const { user, system } = process.cpuUsage(before);
  const took = (user + system) / 1_000;
  if (took > DEADLINE) return `took ${String(Math.round(took))} ms`;
  return valueFault(decoded) ?? (isPolluted() ? 'Object.prototype was changed' : null);
}

function isPolluted(): boolean {
  return 'polluted' in {} || Object.keys(Object.prototype).length > 0;
}

function valueFault(decoded: Decoded): string | null {
  if (decoded.kind === 'unreadable') return decoded.why === '' ? 'unreadable without why' : null;
  if (decoded.kind === 'wake') return null;
  const text = JSON.stringify(decoded.raws) as string | undefined;
  if (text === undefined) return 'the raws are not JSON values';
  if (!isDeepStrictEqual(JSON.parse(text), decoded.raws)) {
    return 'the raws do not survive JSON: something in them is not a JSON value';
  }
  return isStorable(decoded.raws) ? null : 'U+0000 or a lone surrogate is in the raws';
}

/** Every string, and every name, is text a database takes. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, item]) => isStorable(name) && isStorable(item));
}

async function survives(bench: Bench, variants: readonly Variant[]): Promise<Faults> {
  const sample = firstSample(bench);
  const faults: string[] = [];
  for (const [what, body] of variants) {
    const fault = await decodeFault(bench, { ...sample, body });
    if (fault !== null) faults.push(`${what}: ${fault}`);
  }
  return faults;
}

function truncated(bench: Bench): readonly Variant[] {
  return samples(bench).flatMap(({ body }) => {
    const step = Math.max(1, Math.floor(body.length / 40));
    const lengths = Array.from({ length: 40 }, (_unused, index) => index * step);
    return lengths
      .filter((length) => length < body.length)
      .map((length): Variant => [`cut to ${String(length)} bytes`, body.subarray(0, length)]);
  });
}

function huge(bench: Bench): readonly Variant[] {
  const { body } = firstSample(bench);
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

function deep(): readonly Variant[] {
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

function prototypes(bench: Bench): readonly Variant[] {
  const { body } = firstSample(bench);
  const text = body.toString();
  const poison = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
  return [
    ['__proto__ alone', Buffer.from(`{${poison}}`)],
    ['__proto__ in the sample', Buffer.from(text.replace('{', `{${poison},`))],
    ['__proto__ as a form field', Buffer.from(`__proto__[polluted]=1&__proto__=1&${text}`)],
    ['__proto__ as a header', Buffer.from(`__proto__: polluted\r\nconstructor: x\r\n${text}`)],
  ];
}

function badText(bench: Bench): readonly Variant[] {
  const { body } = firstSample(bench);
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

function charsets(bench: Bench): readonly Variant[] {
  const text = firstSample(bench).body.toString();
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

function mutations(bench: Bench): readonly Variant[] {
  const chance = seededChance(64);
  return samples(bench).flatMap(({ body }) =>
    Array.from({ length: MUTATIONS_PER_FIXTURE }, (_unused, index): Variant => {
      const damaged = Buffer.from(body);
      for (let hit = 0; hit <= index % 8; hit += 1) {
        damaged[below(chance, damaged.length)] = below(chance, 256);
      }
      return [`mutation ${String(index + 1)}`, damaged];
    }),
  );
}

const BARE_NUMBER = /([:[,]\s*)-?\d+(?=\s*[,}\]])/g;

/** Every bare number of a JSON body becomes one that a double cannot hold. */
async function longNumbers(bench: Bench): Promise<Faults> {
  const faults: string[] = [];
  for (const sample of samples(bench)) {
    const text = sample.body.toString();
    if (!isJson(text) || text.search(BARE_NUMBER) < 0) continue;
    const body = Buffer.from(
      text.replace(BARE_NUMBER, (_all, before: string) => `${before}24000000000000001`),
    );
    const decoded = await decodeOf(bench, { ...sample, body });
    if (/24000000000000000|2\.4e\+?16/.test(JSON.stringify(decoded))) {
      faults.push('24000000000000001 was rounded to 24000000000000000');
    }
  }
  return faults;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const NO_NUMBERS = say('its deliveries carry no bare numbers', '推送中没有裸数字');

function hasNumbers(bench: Bench) {
  const numbered = bench.subject.fixtures.some(({ arrival }) => {
    const text = arrival.body.toString();
    return isJson(text) && text.search(BARE_NUMBER) >= 0;
  });
  return numbered ? null : NO_NUMBERS;
}

async function readsFixtures(bench: Bench): Promise<Faults> {
  const faults: string[] = [];
  for (const fixture of bench.subject.fixtures) {
    const decoded = await decodeOf(bench, envelopeOfFixture(bench, fixture));
    const fault = valueFault(decoded);
    if (decoded.kind === 'unreadable') faults.push(`${fixture.name}: ${decoded.why}`);
    else if (fault !== null) faults.push(`${fixture.name}: ${fault}`);
  }
  return bench.subject.fixtures.length === 0 ? ['the subject brings no fixtures'] : faults;
}

async function isDeterministic(bench: Bench): Promise<Faults> {
  const faults: string[] = [];
  for (const fixture of bench.subject.fixtures) {
    const envelope = envelopeOfFixture(bench, fixture);
    const before = Buffer.from(envelope.body);
    const first = await decodeOf(bench, envelope);
    const second = await decodeOf(bench, envelope);
    if (!isDeepStrictEqual(first, second)) {
      faults.push(`${fixture.name}: decodes differently twice`);
    }
    if (!before.equals(envelope.body)) faults.push(`${fixture.name}: decode changed the bytes`);
  }
  return faults;
}

function hostile(
  name: string,
  [en, zh]: readonly [string, string],
  variants: (bench: Bench) => readonly Variant[],
): Check {
  const run = (bench: Bench) => survives(bench, variants(bench));
  return { id: `decode.${name}`, group: 'decode', title: say(en, zh), run };
}

export const decodeChecks: readonly Check[] = [
  {
    id: 'decode.fixtures',
    group: 'decode',
    title: say('every fixture is readable', '所有样例均可读取'),
    run: readsFixtures,
  },
  {
    id: 'decode.deterministic',
    group: 'decode',
    title: say('the same bytes decode to the same facts', '相同字节解码结果相同'),
    run: isDeterministic,
  },
  hostile('truncated', ['a delivery cut anywhere does not throw', '任意截断不抛错'], truncated),
  hostile('huge', ['8 MiB of anything take at most 2 s', '8 MiB 任意输入不超过 2 秒'], huge),
  hostile('deep', ['nesting 10,000 deep does not throw', '一万层嵌套不抛错'], deep),
  hostile('prototype', ['__proto__ is no way in', '__proto__ 无法污染原型'], prototypes),
  hostile('text', ['U+0000 and lone surrogates are replaced', '空字符与孤立代理项被替换'], badText),
  hostile(
    'charset',
    ['another charset or shape does not throw', '其他字符集或形状不抛错'],
    charsets,
  ),
  hostile('mutations', ['random damage does not throw', '随机破坏不抛错'], mutations),
  {
    id: 'decode.long-numbers',
    group: 'decode',
    title: say('64-bit ids keep every digit', '64 位编号保留每一位'),
    inapplicable: hasNumbers,
    run: longNumbers,
  },
];
