import type { StoredMail } from '../post-office.js';
import type { Numbering } from './commands-fetch.js';
import { parseImapDate } from './format.js';
import { headerValue } from './sections.js';
import { parseSequenceSet } from './sequence.js';
import { bad, ok, type Selection, type Session, type Tagged } from './session.js';
import { textOf, type Arg } from './tokens.js';

/** SEARCH and UID SEARCH. */
export function search(
  session: Session,
  args: readonly Arg[],
  { byUid, selected }: Numbering & { readonly selected: Selection },
): Tagged {
  const hasCharset = textOf(args[0])?.toUpperCase() === 'CHARSET';
  const keys = [...(hasCharset ? args.slice(2) : args)];
  const tests: Test[] = [];
  while (keys.length > 0) {
    const test = readKey(keys, selected);
    if (test === null) return bad('unknown search key');
    tests.push(test);
  }
  const found: number[] = [];
  for (const [index, mail] of selected.view.entries()) {
    if (!tests.every((test) => test(mail, index + 1))) continue;
    found.push(byUid ? mail.uid : index + 1);
  }
  session.write(`* SEARCH${found.map((number) => ` ${number}`).join('')}\r\n`);
  return ok('done');
}

type Test = (mail: StoredMail, sequence: number) => boolean;

/** Takes one key with its arguments off the front; null if there is none such. */
function readKey(keys: Arg[], selected: Selection): Test | null {
  const key = keys.shift();
  if (key === undefined) return null;
  if (key.kind === 'list') return readAll([...key.items], selected);
  const word = textOf(key)?.toUpperCase() ?? '';
  if (word === 'NOT') {
    const inner = readKey(keys, selected);
    return inner === null ? null : (mail, sequence) => !inner(mail, sequence);
  }
  if (word === 'OR') {
    const [one, other] = [readKey(keys, selected), readKey(keys, selected)];
    if (one === null || other === null) return null;
    return (mail, sequence) => one(mail, sequence) || other(mail, sequence);
  }
  return flagTest(word) ?? argumentTest(word, keys, selected) ?? sequenceTest(word, selected);
}

function readAll(keys: Arg[], selected: Selection): Test | null {
  const tests: (Test | null)[] = [];
  while (keys.length > 0) tests.push(readKey(keys, selected));
  const known = tests.filter((test) => test !== null);
  if (known.length < tests.length) return null;
  return (mail, sequence) => known.every((test) => test(mail, sequence));
}

const FLAGS: Readonly<Record<string, string>> = {
  SEEN: '\\Seen',
  DELETED: '\\Deleted',
  ANSWERED: '\\Answered',
  FLAGGED: '\\Flagged',
  DRAFT: '\\Draft',
};

function flagTest(word: string): Test | null {
  if (word === 'ALL') return () => true;
  const flag = FLAGS[word];
  if (flag !== undefined) return (mail) => mail.flags.has(flag);
  const absent = word.startsWith('UN') ? FLAGS[word.slice(2)] : undefined;
  return absent === undefined ? null : (mail) => !mail.flags.has(absent);
}

/** Keys with one argument. */
const WITH_ARGUMENT: Readonly<
  Record<string, (argument: string, selected: Selection) => Test | null>
> = {
  UID: (set, selected) => uidTest(set, selected),
  SUBJECT: (part) => fieldTest('SUBJECT', part),
  FROM: (part) => fieldTest('FROM', part),
  TO: (part) => fieldTest('TO', part),
  CC: (part) => fieldTest('CC', part),
  TEXT: textTest,
  BODY: textTest,
  SINCE: (day) => dateTest(day, (own, given) => own >= given),
  BEFORE: (day) => dateTest(day, (own, given) => own < given),
  ON: (day) => dateTest(day, (own, given) => own === given),
  KEYWORD: (flag) => (mail) => mail.flags.has(flag),
  LARGER: (bytes) => (mail) => mail.raw.length > Number(bytes),
};

function argumentTest(word: string, keys: Arg[], selected: Selection): Test | null {
  const next = (): string => textOf(keys.shift()) ?? '';
  if (word === 'HEADER') return fieldTest(next(), next());
  const make = Object.hasOwn(WITH_ARGUMENT, word) ? WITH_ARGUMENT[word] : undefined;
  return make === undefined ? null : make(next(), selected);
}

function sequenceTest(word: string, selected: Selection): Test | null {
  const set = parseSequenceSet(word, selected.view.length);
  return set === null ? null : (_mail, sequence) => set(sequence);
}

function uidTest(text: string, selected: Selection): Test | null {
  const set = parseSequenceSet(text, selected.view.at(-1)?.uid ?? 0);
  return set === null ? null : (mail) => set(mail.uid);
}

function fieldTest(name: string, part: string): Test {
  return (mail) => headerValue(mail.raw, name).toLowerCase().includes(part.toLowerCase());
}

function textTest(part: string): Test {
  return (mail) => mail.raw.toString('utf8').toLowerCase().includes(part.toLowerCase());
}

const DAY_MS = 86_400_000;

function dateTest(text: string, compare: (own: number, given: number) => boolean): Test | null {
  const day = parseImapDate(text)?.getTime();
  if (day === undefined) return null;
  return (mail) => {
    const time = mail.internalDate.getTime();
    return compare(time - (time % DAY_MS), day);
  };
}
