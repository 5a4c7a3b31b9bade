import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';

/** What compares secrets in constant time; a vendor's own validator counts when the connector hands over to it. */
const CONSTANT_TIME = /\b(timingSafeEqual|checkMac|validateRequest\w*|crypto\.verify|verify)\s*\(/;
const PROVES = /\b(createHmac|createHash|timingSafeEqual|checkMac|createVerify)\b/;

/** `a === b`, its operands as far as they are names, members and calls. */
const COMPARISON = /([\w.?[\]'"`()!]+)\s*(?:===|!==|==|!=)\s*([\w.?[\]'"`()-]+)/g;
const SENSITIVE = /(signature|digest|hmac|\bmac\b|secret|password|authtoken|expected|computed)/i;
/** Comparing with these says nothing about a secret's content. */
const HARMLESS = /^(null|undefined|true|false|-?\d+|['"`].*|[A-Z][A-Z0-9_]*)$|\.length$|^typeof/;

interface SourceFile {
  readonly name: string;
  readonly text: string;
}

const FAMILY = /from '\.\.\/([a-z0-9-]+)\//g;

/**
 * The connector's own TypeScript and that of the folder it shares with others, without tests; none in an
 * installation that ships only compiled code.
 */
function sourcesOf({ connector, subject }: Bench): readonly SourceFile[] {
  const folder = join(subject.installation, dirname(connector.definition.docs));
  const own = sourcesIn(folder);
  const families = own.flatMap(({ text }) =>
    [...text.matchAll(FAMILY)].map(([, name = '']) => name),
  );
  return [...own, ...[...new Set(families)].flatMap((name) => sourcesIn(join(folder, '..', name)))];
}

function sourcesIn(folder: string): readonly SourceFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name),
    )
    .map(({ name }) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

/** A comparison that stops at the first wrong character tells a forger how far he has come. */
function comparesInConstantTime(bench: Bench): Faults {
  const sources = sourcesOf(bench);
  const proving = sources.filter(({ text }) => PROVES.test(text));
  const constant = sources.some(({ text }) => CONSTANT_TIME.test(text));
  return [
    ...(constant ? [] : ['nothing in its source compares in constant time']),
    ...proving.flatMap(suspicious),
  ];
}

function suspicious({ name, text }: SourceFile): Faults {
  return text.split('\n').flatMap((line, index) => {
    const code = line.slice(0, 400).replace(/\/\/.*|^\s*\*.*/, '');
    return [...code.matchAll(COMPARISON)]
      .filter(([, left = '', right = '']) => isTelling(left, right))
      .map(([found]) => `${name}:${String(index + 1)} compares a secret with "${found}"`);
  });
}

function isTelling(left: string, right: string): boolean {
  const operands = [left, right].map((operand) => operand.replace(/^[(!]+|[)]+$/g, ''));
  return !operands.some((it) => HARMLESS.test(it)) && operands.some((it) => SENSITIVE.test(it));
}

const NO_WEBHOOK = say('it receives no deliveries to verify', '不接收需验证的推送');
const NO_SOURCE = say('its source is not at hand', '没有源代码');

export const sourceChecks: readonly Check[] = [
  {
    id: 'verify.constant-time',
    group: 'verify',
    title: say('signatures are compared in constant time', '签名以恒定时间比较'),
    inapplicable(bench) {
      if (bench.connector.verify === undefined) return NO_WEBHOOK;
      return sourcesOf(bench).length === 0 ? NO_SOURCE : null;
    },
    run: comparesInConstantTime,
  },
];
