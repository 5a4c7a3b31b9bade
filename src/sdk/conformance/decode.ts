import { isDeepStrictEqual } from 'node:util';
import type { Decoded, Envelope } from '../inbound.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import {
  badText,
  bombs,
  charsets,
  deep,
  huge,
  mutations,
  prototypes,
  truncated,
} from './decode-variants.js';
import type { Variant } from './decode-variants.js';
import { decodeOf, envelopeOfFixture } from './envelopes.js';

/** Milliseconds of processor time that one hostile delivery may cost; every input is bounded. */
const DEADLINE = 2_000;

function samples(bench: Bench): readonly Envelope[] {
  const envelopes = bench.subject.fixtures.map((fixture) => envelopeOfFixture(bench, fixture));
  if (envelopes.length === 0) throw new Error('the subject brings no fixtures');
  return envelopes;
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

/** The variants of every fixture; what is large, of the first. */
async function survives(
  bench: Bench,
  variants: (body: Buffer) => readonly Variant[],
  of: 'every' | 'first',
): Promise<Faults> {
  const all = samples(bench);
  const faults: string[] = [];
  for (const sample of of === 'every' ? all : all.slice(0, 1)) {
    for (const [what, body] of variants(sample.body)) {
      const fault = await decodeFault(bench, { ...sample, body });
      if (fault !== null) faults.push(`${what}: ${fault}`);
    }
  }
  return faults;
}

/** A whole number of six digits or more, as a JSON value, the text of an element or the value of a field. */
const LONG_NUMBER = /((?:[:[,]\s{0,4}|<!\[CDATA\[|>|=))\d{6,}(?=\s{0,4}[,}\]]|<|&|$)/g;

/** Every long number becomes one that a double cannot hold. */
async function longNumbers(bench: Bench): Promise<Faults> {
  const faults: string[] = [];
  for (const sample of samples(bench)) {
    const body = Buffer.from(
      sample.body
        .toString()
        .replace(LONG_NUMBER, (_all, before: string) => `${before}24000000000000001`),
    );
    const decoded = await decodeOf(bench, { ...sample, body });
    if (/24000000000000000|2\.4e\+?16/.test(JSON.stringify(decoded))) {
      faults.push('24000000000000001 was rounded to 24000000000000000');
    }
  }
  return faults;
}

const NO_NUMBERS = say('its deliveries carry no long numbers', '推送中没有长数字');

const hasNumbers = ({ subject }: Bench) =>
  subject.fixtures.some(({ arrival }) => arrival.body.toString().search(LONG_NUMBER) >= 0)
    ? null
    : NO_NUMBERS;

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
  variants: (body: Buffer) => readonly Variant[],
  of: 'every' | 'first' = 'every',
): Check {
  const run = (bench: Bench) => survives(bench, variants, of);
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
  hostile(
    'huge',
    ['8 MiB of anything take at most 2 s', '8 MiB 任意输入不超过 2 秒'],
    huge,
    'first',
  ),
  hostile('deep', ['nesting 10,000 deep does not throw', '一万层嵌套不抛错'], deep, 'first'),
  hostile(
    'bombs',
    ['what grows when it is believed is not believed', '膨胀型输入不生效'],
    bombs,
    'first',
  ),
  hostile(
    'prototype',
    ['names of the prototype are no way in', '原型属性名无法造成污染'],
    prototypes,
  ),
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
