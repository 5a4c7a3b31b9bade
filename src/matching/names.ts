import { DOUBLE_SURNAMES, STOP_WORDS, SURNAMES } from './lexicon/words.js';
import { fold } from './fold.js';
import { matchesIn } from './matches.js';
import type { MatchingRules } from './rules.js';

/** A name as it is compared, and whether it looks like the name of a person or one somebody made up. */
export interface NameFound {
  readonly value: string;
  readonly real: boolean;
}

const LONGEST = 24;
const CHINESE_NAME = /^[\u4e00-\u9fff·]{2,4}$/;
const HONORIFIC = /(?:先生|女士|小姐|太太|老师|同学)$/;

/** Names given to those who have none; those of one platform are in the rules. */
const NOBODY =
  /^(?:用户已?注销|匿名.*|游客.*|访客.*|guest|user|anonymous|unknown|visitor|null|undefined|n\/a|test)$/;

/** The name a platform or a form gives for the sender. */
export function nameOf(name: string | null, { words: known }: MatchingRules): NameFound | null {
  const value = fold((name ?? '').slice(0, 80))
    .replace(/\s+/g, ' ')
    .trim();
  if (value.length < 2 || value.length > LONGEST || value.includes('@')) return null;
  if (NOBODY.test(value) || known.nobody.includes(value)) return null;
  if (isChineseName(value)) return { value, real: true };
  const words = value.split(' ');
  const real =
    words.length >= 2 && words.length <= 4 && words.every((word) => /^[a-z][a-z'-]+$/.test(word));
  return real ? { value: inOrder(words), real } : { value, real: false };
}

/** "Gu Nianci" and "Nianci Gu" are one name. */
const inOrder = (words: readonly string[]): string => [...words].sort().join(' ');

function isChineseName(value: string): boolean {
  if (!CHINESE_NAME.test(value) || HONORIFIC.test(value)) return false;
  if (DOUBLE_SURNAMES.test(value)) return value.length >= 3;
  return value.length <= 3 && SURNAMES.has(value.charAt(0));
}

/** Names the writer gives: "我叫…", "收件人…", "name is …", and the last line of a letter. */
export function namesIn(text: string, rules: MatchingRules): readonly NameFound[] {
  const found: NameFound[] = [];
  for (const match of matchesIn(CHINESE_CUE, text)) {
    keep(found, chineseAfter(text, match.index + match[0].length));
  }
  for (const match of matchesIn(ENGLISH_CUE, text)) keep(found, englishName(match[1] ?? ''));
  for (const match of matchesIn(ALIAS, text)) keep(found, alias(match[1] ?? '', rules));
  for (const match of matchesIn(BEFORE_TAIL, text)) {
    keep(found, chineseAfter(`${match[1] ?? ''} `, 0));
  }
  keep(found, signature(text, rules));
  return found;
}

const NAMES = 4;

function keep(found: NameFound[], name: NameFound | null): void {
  if (name === null || found.length >= NAMES) return;
  if (!found.some(({ value }) => value === name.value)) found.push(name);
}

const CHINESE_CUE =
  /(?:我(?:是|叫)(?:做)?|本人(?:是|叫)?|姓名(?:是|为|[:：])?|名字(?:是|叫|[:：])?|收[件货]人(?:是|叫|[:：])?|下单人(?:是|叫|[:：])?|[订购]购?人(?:是|叫|[:：])?|登记的(?:是|名字是)?|顾客|客户|联系人(?:是|[:：])?|我姓.\s?叫|姓.叫)\s?/g;
const ENGLISH_CUE =
  /\b(?:(?:my )?name(?:'s| is|:)|name on the (?:order|account)(?: is|:)?|under(?: the name)?|ordered by|placed by|this is|i am|i'm|recipient(?: is|:)?|name) ([a-z]+(?:[ -][a-z'-]+){1,2})/g;
const ALIAS =
  /(?:我叫|昵称(?:是|叫)?|网名(?:是|叫)?|用户名(?:是)?|名叫|known as|username is|my (?:handle|nickname|id) is|i am called|i'm called)\s?["“「]?([^\s,，。.;；!！?？"”」、]{2,24})/g;
/** A name in front of the last digits of its phone, as transcripts have it: "顾念慈 4417". */
const BEFORE_TAIL = /(?:^|[\s，,])([\u4e00-\u9fff]{2,4}) \d{4}(?!\d)/g;

function chineseAfter(text: string, at: number): NameFound | null {
  const here = text.slice(at, at + 6);
  for (const length of [4, 3, 2]) {
    const value = here.slice(0, length);
    if (value.length < length || !isChineseName(value)) continue;
    const next = here[length];
    if (next === undefined || !/[\u4e00-\u9fff]/.test(next)) return { value, real: true };
  }
  return null;
}

function englishName(words: string): NameFound | null {
  const parts = words.split(/[ ]+/);
  const until = parts.findIndex((word) => STOP_WORDS.has(word) || word.length < 2);
  const name = (until === -1 ? parts : parts.slice(0, until)).slice(0, 2);
  return name.length === 2 && name.every((word) => !NOT_A_NAME.test(word))
    ? { value: inOrder(name), real: true }
    : null;
}

const NOT_A_NAME =
  /(?:ing|ed|ly|ment|tion|able|ful|less|ous|ridiculous|terrible|awful|still|unhappy|angry|upset|tired|sorry|sure|glad|going|sick|fed|warranty|consumer|law)$/;

function alias(value: string, rules: MatchingRules): NameFound | null {
  const name = nameOf(value, rules);
  return name === null || STOP_WORDS.has(name.value) ? null : name;
}

/** The last line of a letter that is nothing but a name, phone numbers below it aside. */
function signature(text: string, rules: MatchingRules): NameFound | null {
  if (!text.includes('\n')) return null;
  const lines = text
    .slice(-160)
    .split('\n')
    .map((line) => line.replace(/[+\d() .!?！？。-]+$/g, '').trim())
    .filter((line) => line !== '');
  const last = (lines.at(-1) ?? '').replace(
    /^(?:谢谢|感谢|顾客|此致|敬礼|thanks|regards|cheers)[。.,，:： ]*/,
    '',
  );
  const name = nameOf(last, rules);
  return name?.real === true && !last.split(' ').some((word) => STOP_WORDS.has(word)) ? name : null;
}
