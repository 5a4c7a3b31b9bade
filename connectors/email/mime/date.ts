const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Offsets in minutes of the zone names of RFC 822. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['ut', 0],
  ['utc', 0],
  ['gmt', 0],
  ['z', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
  ['jst', 540],
  ['cet', 60],
  ['cest', 120],
  ['bst', 60],
]);

/** Longest Date field that is looked at. */
const LONGEST = 100;

/** A Date field as ISO 8601 with its own offset, or null when it is none. RFC 5322 3.3 and its obsolete forms. */
export function readDate(field: string): string | null {
  const words = dateWords(field.slice(0, LONGEST));
  const day = Number(words[0]);
  const month = MONTHS.indexOf((words[1] ?? '').slice(0, 3).toLowerCase());
  const year = fullYear(words[2] ?? '');
  const time = readTime(words[3] ?? '');
  if (!Number.isInteger(day) || month < 0 || year === null || time === null) return null;
  const offset = readOffset(words[4] ?? '');
  const utc = Date.UTC(year, month, day, time.hour, time.minute, time.second);
  const local = new Date(utc);
  if (Number.isNaN(utc) || local.getUTCDate() !== day || local.getUTCMonth() !== month) return null;
  return `${local.toISOString().slice(0, 19)}${offsetText(offset)}`;
}

/** Words without comments; blanks around the colons of a time (RFC 5322 A.5) are closed up. */
function dateWords(text: string): readonly string[] {
  const plain = text.replaceAll(/\([^()]*\)/g, ' ').replaceAll(',', ' ');
  const words = plain
    .replaceAll(/ {0,9}: {0,9}/g, ':')
    .split(' ')
    .filter((word) => word !== '');
  return /^\d/.test(words[0] ?? '') ? words : words.slice(1);
}

function fullYear(word: string): number | null {
  if (!/^\d{2,4}$/.test(word)) return null;
  const year = Number(word);
  if (word.length === 4) return year >= 1900 ? year : null;
  return word.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function readTime(word: string): { hour: number; minute: number; second: number } | null {
  const [hour = NaN, minute = NaN, second = 0] = word.split(/[:.]/, 3).map(Number);
  const valid = hour < 24 && minute < 60 && second <= 60 && hour >= 0 && minute >= 0 && second >= 0;
  return valid ? { hour, minute, second: Math.min(second, 59) } : null;
}

/** Minutes east of UTC; an unknown zone is UTC, as RFC 5322 says of the obsolete letters. */
function readOffset(word: string): number {
  const zone = /^(?:gmt|utc)?([+-])(\d{2}):?(\d{2})$/i.exec(word);
  if (zone === null) return ZONES.get(word.toLowerCase()) ?? 0;
  const minutes = Number(zone[2]) * 60 + Number(zone[3]);
  return minutes > 18 * 60 ? 0 : zone[1] === '-' ? -minutes : minutes;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
