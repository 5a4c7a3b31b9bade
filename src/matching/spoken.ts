/**
 * Digits that were spoken or transcribed: 幺二三, "double seven", "oh". A transcript writes a number
 * the way the mouth says it; here it becomes the number somebody else typed.
 */
const CHINESE = '零一二三四五六七八九';
const CHINESE_DIGITS: ReadonlyMap<string, string> = new Map<string, string>([
  ...Array.from(CHINESE, (char, value): [string, string] => [char, String(value)]),
  ['〇', '0'],
  ['○', '0'],
  ['幺', '1'],
  ['两', '2'],
]);

const ENGLISH_DIGITS: Readonly<Record<string, string>> = {
  zero: '0',
  oh: '0',
  o: '0',
  nought: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
};
const TIMES: Readonly<Record<string, number>> = { double: 2, triple: 3, treble: 3 };

/** A run of spoken digits, also mixed with written ones and with a spoken hyphen; of four digits and more it is a number. */
const CHINESE_RUN =
  /[0-9零〇○一二三四五六七八九幺两](?:(?:[ ,、-]|横?杠|减号)?[0-9零〇○一二三四五六七八九幺两]){3,60}/g;
const HYPHEN = /横?杠|减号/g;
/** One spoken digit behind a letter belongs to a code: "K九" is K9. */
const AFTER_LETTER =
  /(?<=[a-z#])[零〇一二三四五六七八九幺](?![十百千万亿零〇一二三四五六七八九幺两])/g;
const SPELLED = '(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine)';
const ENGLISH_RUN = new RegExp(
  `\\b(?:(?:(?:double|triple|treble)[ -]+)?${SPELLED}|\\d)(?:[ ,-]+(?:(?:double|triple|treble)[ -]+)?(?:${SPELLED}|\\d+)\\b|[ ,-]+(?:dash|hyphen)\\b){2,60}`,
  'g',
);
const SAYS_DIGIT = new RegExp(`\\b${SPELLED}\\b`);

/** `text` as `fold` leaves it, with spoken digits written. */
export function written(text: string): string {
  return writtenEnglish(writtenChinese(text));
}

function writtenChinese(text: string): string {
  if (!/[零〇○一二三四五六七八九幺]/.test(text)) return text;
  return text
    .replace(CHINESE_RUN, (run) => digitsOf(run.replace(HYPHEN, '-')))
    .replace(AFTER_LETTER, digitsOf);
}

const digitsOf = (run: string): string =>
  /^[\x20-\x7e]*$/.test(run)
    ? run
    : Array.from(run, (char) => CHINESE_DIGITS.get(char) ?? char).join('');

function writtenEnglish(text: string): string {
  if (!SAYS_DIGIT.test(text)) return text;
  return text.replace(ENGLISH_RUN, (run) => {
    if (!SAYS_DIGIT.test(run)) return run;
    const digits = englishDigits(run);
    return digits.length >= 4 ? digits : run;
  });
}

function englishDigits(run: string): string {
  let out = '';
  let times = 1;
  for (const word of run.split(/[ ,-]+/)) {
    const repeat = TIMES[word];
    if (repeat !== undefined) {
      times = repeat;
      continue;
    }
    out += (ENGLISH_DIGITS[word] ?? (/^\d+$/.test(word) ? word : '')).repeat(times);
    times = 1;
  }
  return out;
}
