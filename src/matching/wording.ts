import { AGAIN, THREAT } from './lexicon/words.js';
import { matchesIn } from './matches.js';
import type { MatchingRules } from './rules.js';

/** Smaller things a text says, each read from folded text. */

const EMAIL = /[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,62}){1,4}/g;

export function emailsIn(text: string): string[] {
  return text.includes('@') ? textsOf(matchesIn(EMAIL, text, 4)) : [];
}

const textsOf = (matches: readonly RegExpExecArray[]): string[] => matches.map(([text]) => text);

const MODEL = /(?<![a-z0-9+#-])(?:[a-z]{1,3}\d{1,4}|\d{1,3}[a-z]{1,2})(?![a-z0-9-])/g;
const UNIT =
  /^\d+(?:k?g|m?l|[cmk]?m|[kmgt]b|w|v|a|h|d|s|x|th|st|nd|rd|[ap]m|hz|oz|lb|in|ft|mb|pc|px|k|p)$/;

/** Short codes of letters and digits: models and variants. */
export function modelsIn(text: string): string[] {
  return textsOf(matchesIn(MODEL, text, 12)).filter((code) => !UNIT.test(code));
}

const CHINESE_DAY = /(\d{1,2})月(\d{1,2})[日号]/g;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const ENGLISH_DAY = new RegExp(
  `\\b${MONTH} (\\d{1,2})(?:st|nd|rd|th)?\\b|\\b(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${MONTH}`,
  'g',
);

/** Days of the calendar, as "month-day". */
export function daysIn(text: string): string[] {
  const days: string[] = [];
  for (const [, month, day] of matchesIn(CHINESE_DAY, text, 4)) {
    days.push(`${Number(month)}-${Number(day)}`);
  }
  for (const match of matchesIn(ENGLISH_DAY, text, 4)) {
    const month = MONTHS.indexOf(match[1] ?? match[4] ?? '') + 1;
    if (days.length < 4) days.push(`${month}-${Number(match[2] ?? match[3])}`);
  }
  return days;
}

const CLAUSE = /[\n。.!！?？;；]+/;

/**
 * Channels the writer says they have used: a clause with a channel's word that also says "already".
 * The channel the message came by is not news.
 */
export function channelsTold(text: string, own: string, rules: MatchingRules): string[] {
  const told: string[] = [];
  if (!AGAIN.test(text)) return told;
  for (const clause of text.split(CLAUSE, 40)) {
    if (!AGAIN.test(clause) || THREAT.test(clause)) continue;
    for (const [channel, words] of Object.entries(rules.channels)) {
      if (channel !== own && !told.includes(channel) && words.some((word) => says(clause, word))) {
        told.push(channel);
      }
    }
  }
  return told.slice(0, 6);
}

/** Latin words whole, Chinese ones anywhere. */
function says(clause: string, word: string): boolean {
  const at = clause.indexOf(word);
  if (at === -1) return false;
  const isLatin = /^[a-z]/.test(word);
  return (
    !isLatin ||
    !(/[a-z]/.test(clause.charAt(at - 1)) || /[a-z]/.test(clause.charAt(at + word.length)))
  );
}

const DAYS_AGO: readonly (readonly [RegExp, number])[] = [
  [
    /刚才?|今天|今早|早上|上午|下午|just now|earlier today|this (?:morning|afternoon|evening)|a while ago|(?:hours?|minutes?) ago|小时前|分钟前/,
    0,
  ],
  [/昨[天晚日]|yesterday|last night|a day ago|1 day ago|一天前/, 1],
  [/前天|前日|two days ago|2 days ago|day before yesterday|两天前|2天前/, 2],
  [/大前天|three days ago|3 days ago|三天前|3天前/, 3],
];

/** How many days ago the writer says they told it; −1 when they do not say. */
export function daysAgoIn(text: string): number {
  if (!AGAIN.test(text)) return -1;
  return DAYS_AGO.findLast(([words]) => words.test(text))?.[1] ?? -1;
}
