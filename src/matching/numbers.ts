import { isOneSlip } from './distance.js';
import { CUES, NUMBER_IS, OWN, QUOTED } from './lexicon/words.js';
import { matchesIn } from './matches.js';
import type { MatchingRules } from './rules.js';

/** What a number in a text is, by its form and by the words before it. */
export type NumberKind = 'order' | 'tracking' | 'number' | 'phone' | 'tail' | 'amount' | 'date';

export interface NumberFound {
  readonly kind: NumberKind;
  /** Letters and digits only, lower case. */
  readonly value: string;
  /** Belongs to somebody the writer talks about. */
  readonly quoted: boolean;
  /** "Mine is …" stands before it. */
  readonly own: boolean;
}

/** More numbers than this is a list, not a telling; the rest is not read. */
const NUMBERS = 24;
const WORDS_BEFORE = 26;
const CLAUSE_BEFORE = 60;

/**
 * Digits in groups, with a prefix of letters and a mark, joined by blanks, dots or hyphens between
 * digits only: the spellings of one number ("QX40 9172", "517-204", "B4M21K").
 */
const NUMBER =
  /(?<![a-z0-9])[#+]?(?:[a-z]{1,4}-?)?\d[a-z0-9]{0,40}(?:(?: {1,2}|-| - |\.|\/)\d[a-z0-9]{0,30}){0,12}/g;
const DATE = /^(?:20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]20\d\d)$/;
const MONEY_BEFORE =
  /(?:[¥$€£₩₹฿]|rmb|cny|usd|eur|gbp|hkd|twd|sgd|aud|港币|台币|人民币|美元|欧元|价格?)\s?$/;
const MONEY_AFTER =
  /^\s?(?:元|块|圆|rmb|cny|yuan|usd|dollars?|bucks?|eur|euros?|gbp|pounds?|quid|hkd|twd|sgd|aud|ringgit|yen)/;
const UNIT_AFTER =
  /^\s?(?:天|日|号(?!码)|月|年|小时|分钟?|周|次|个|件|斤|克|公斤|千克|kg|g\b|ml|l\b|粒|片|寸|cm|mm|层|岁|人|号客服|点|折|%|倍|days?|weeks?|months?|hours?|hrs?|minutes?|pcs|pieces?|th\b|st\b|nd\b|rd\b|pm\b|am\b)/;

/** Every number of a text (folded, spoken digits written), at most `NUMBERS`. */
export function numbersOf(text: string, rules: MatchingRules): readonly NumberFound[] {
  const found: NumberFound[] = [];
  for (const match of matchesIn(NUMBER, text)) {
    if (found.length >= NUMBERS) break;
    const number = read(text, match[0], match.index, rules);
    if (number !== null) found.push(number);
  }
  return othersQuoted(found);
}

function read(text: string, raw: string, at: number, { words }: MatchingRules): NumberFound | null {
  const before = text.slice(Math.max(0, at - WORDS_BEFORE), at);
  const after = text.slice(at + raw.length, at + raw.length + 8);
  if (DATE.test(raw.trim())) return plain('date', dayOf(raw));
  const amount = amountOf(raw, before, after);
  if (amount !== null) return plain('amount', amount);
  const value = raw.replace(/[^a-z0-9]/g, '');
  const isUnit = value.length < 7 && UNIT_AFTER.test(after);
  if (isUnit || isEmailPart(text, at, raw)) return null;
  return byCue(
    { raw, value, cue: nearestCue(before, words.phone) },
    text.slice(Math.max(0, at - CLAUSE_BEFORE), at),
  );
}

interface Written {
  /** As it stands in the text. */
  readonly raw: string;
  readonly value: string;
  readonly cue: Cue | null;
}

/** A number by what is said of it, and if nothing is said by its form. */
function byCue(number: Written, clause: string): NumberFound | null {
  const { raw, value, cue } = number;
  if (cue === 'batch' || cue === 'clock') return null;
  if (cue === 'tail') return /^\d{3,6}$/.test(value) ? plain('tail', value) : null;
  if (isPhone(number)) return plain('phone', value);
  if (!isReference(number)) return null;
  const own = OWN.test(clause);
  const quoted = !own && QUOTED.test(clause);
  if (cue === 'tracking') return { kind: 'tracking', value, quoted, own };
  return { kind: cue === 'order' || raw.startsWith('#') ? 'order' : 'number', value, quoted, own };
}

const plain = (kind: NumberKind, value: string): NumberFound => ({
  kind,
  value,
  quoted: false,
  own: false,
});

/** The parts of a date that two tellings agree on: month and day. */
function dayOf(raw: string): string {
  const parts = raw.trim().split(/[-/.]/).map(Number);
  const [month, day] = String(parts[0]).length === 4 ? [parts[1], parts[2]] : [parts[1], parts[0]];
  return `${month ?? 0}-${day ?? 0}`;
}

/** Cents, so that 377.5 and 377.50 are one amount; null when it is no money. */
function amountOf(raw: string, before: string, after: string): string | null {
  const written = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(raw);
  if (written === null || !(MONEY_BEFORE.test(before) || MONEY_AFTER.test(after))) return null;
  return String(Number(written[1]) * 100 + Number((written[2] ?? '').padEnd(2, '0')));
}

function isEmailPart(text: string, at: number, raw: string): boolean {
  const next = text[at + raw.length];
  const previous = text[at - 1];
  return next === '@' || next === '_' || previous === '@' || previous === '_' || previous === '.';
}

type Cue = keyof typeof CUES;

/** The cue whose last occurrence before the number ends nearest to it; "no." alone announces an order. */
function nearestCue(before: string, phones: readonly string[]): Cue | null {
  let nearest: Cue | null = null;
  let end = -1;
  for (const kind of ['order', 'tracking', 'phone', 'tail', 'batch', 'clock'] as const) {
    for (const match of matchesIn(CUES[kind], before)) {
      const here = match.index + match[0].length;
      if (here >= end) [nearest, end] = [kind, here];
    }
  }
  if (phones.some((word) => endOf(word, before) >= Math.max(end, 0))) return 'phone';
  return nearest ?? (NUMBER_IS.test(before) ? 'order' : null);
}

/** Where a word last stands whole; −1 where it does not. */
function endOf(word: string, text: string): number {
  const at = text.lastIndexOf(word);
  const end = at + word.length;
  return at < 0 || /[a-z0-9]/.test(text.charAt(at - 1) + text.charAt(end)) ? -1 : end;
}

/** International numbers, mobile numbers of the default country (CN), and whatever is announced as a phone. */
function isPhone({ raw, value, cue }: Written): boolean {
  if (!/^\d{8,15}$/.test(value)) return false;
  if (raw.startsWith('+') || cue === 'phone') return true;
  return cue !== 'order' && cue !== 'tracking' && /^(?:86|0086)?1[3-9]\d{9}$/.test(value);
}

/** Long enough, and with digits enough, that two people do not write it by chance. */
function isReference({ raw, value, cue }: Written): boolean {
  const digits = value.replace(/\D/g, '').length;
  if (value.length > 30) return false;
  const announced = cue === 'order' || cue === 'tracking' || raw.startsWith('#');
  if (/^[a-z]/.test(value) || /[a-z]/.test(value)) {
    return digits >= 4 && (announced || value.length >= 6);
  }
  return announced ? digits >= 5 : digits >= 7;
}

/** "As with order A; mine is B": before a number that is said to be the writer's own stands somebody else's. */
function othersQuoted(found: readonly NumberFound[]): readonly NumberFound[] {
  const own = found.findIndex((one) => one.own);
  const mine = found[own];
  if (mine === undefined) return found;
  return found.map((one, at) => {
    const isOther =
      at < own && (one.kind === 'order' || one.kind === 'number') && one.value !== mine.value;
    return isOther && !isOneSlip(one.value, mine.value) ? { ...one, quoted: true } : one;
  });
}
