import { z } from 'zod';

/** What the draft's schema takes as a time. */
const ISO = z.regexes.datetime({ offset: true });
const LONGEST = 64;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `2026-11-20 08:15:00`, with `/`, with `T`, with or without seconds and zone. */
const NUMERIC =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(Z|[+-]\d{2}:?\d{2})?$/i;
/** RFC 2822: `Fri, 20 Nov 2026 08:15:00 +0800`. */
const MAIL =
  /^(?:[A-Za-z]{3}, ?)?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))? ([+-]\d{4}|GMT|UTC?|Z)$/;
/** C's own: `Fri Nov 20 08:15:00 +0800 2026`. */
const ASCTIME =
  /^[A-Za-z]{3} ([A-Za-z]{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) ([+-]\d{4}) (\d{4})$/;

/** True for a time exactly as the draft's schema takes it. */
export function isIsoTime(text: string): boolean {
  return text.length <= LONGEST && ISO.test(text);
}

/**
 * Any of the usual spellings of a time as ISO 8601; null for everything else. A time without a
 * zone is read in `zone` (`+08:00`), never in the zone of the machine.
 */
export function readTime(value: unknown, zone: string): string | null {
  if (typeof value === 'number') return fromUnix(value);
  if (typeof value !== 'string' || value.length > LONGEST) return null;
  const text = value.trim();
  if (isIsoTime(text)) return text;
  if (/^\d{9,17}(?:\.\d{1,9})?$/.test(text)) return fromUnix(Number(text));
  return fromNumeric(text, zone) ?? fromMail(text) ?? fromAsctime(text);
}

/** Seconds, milliseconds or microseconds since 1970, told apart by their size. */
function fromUnix(number: number): string | null {
  const scale = number < 1e11 ? 1_000 : number < 1e14 ? 1 : 0.001;
  return written(Math.round(number * scale));
}

function written(at: number): string | null {
  const plausible = at > 0 && at < Date.UTC(2200, 0);
  return plausible ? new Date(at).toISOString() : null;
}

function fromNumeric(text: string, zone: string): string | null {
  const [, year, month, day, hour, minute, second = '0', fraction = '0', offset = zone] =
    NUMERIC.exec(text) ?? [];
  if (year === undefined || Number(month) > 12) return null;
  const at = Date.UTC(+year, Number(month) - 1, Number(day), Number(hour), Number(minute));
  return written(shifted(at, Number(second) * 1_000 + Number(`0.${fraction}`) * 1_000, offset));
}

function fromMail(text: string): string | null {
  const [, day, month = '', year, hour, minute, second = '0', offset = 'Z'] = MAIL.exec(text) ?? [];
  const index = MONTHS.indexOf(month.toLowerCase());
  if (index < 0) return null;
  const at = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute));
  return written(shifted(at, Number(second) * 1_000, offset));
}

function fromAsctime(text: string): string | null {
  const [, month = '', day, hour, minute, second, offset = 'Z', year] = ASCTIME.exec(text) ?? [];
  const index = MONTHS.indexOf(month.toLowerCase());
  if (index < 0) return null;
  const at = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute));
  return written(shifted(at, Number(second) * 1_000, offset));
}

function shifted(at: number, rest: number, offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(offset) ?? [];
  const behind = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return Math.trunc(at + rest) - (sign === '-' ? -behind : behind);
}
