import { expungeMails, type StoredMail } from '../post-office.js';
import { envelopeOf } from './envelope.js';
import { imapDateTime, imapLiteral } from './format.js';
import { sectionOf } from './sections.js';
import { parseSequenceSet, type SequenceSet } from './sequence.js';
import { bad, ok, type Selection, type Session, type Tagged } from './session.js';
import { itemsOf, textOf, type Arg } from './tokens.js';

/** How a command names mails. */
export interface Numbering {
  readonly byUid: boolean;
}

const BODY_ITEM = /^BODY(\.PEEK)?\[([^\]]*)\](?:<([0-9]{1,10})(?:\.([0-9]{1,10}))?>)?$/i;

/** FETCH and UID FETCH. A mail that is gone by the time it is its turn is left out (RFC 2180, 4.1.2). */
export function fetch(
  session: Session,
  args: readonly Arg[],
  { byUid, selected }: Numbering & { readonly selected: Selection },
): Tagged {
  const set = mailsNamed(selected, args[0], byUid);
  const names = itemsOf(args[1]).map((item) => textOf(item) ?? '');
  const items = byUid && !names.some((name) => /^uid$/i.test(name)) ? ['UID', ...names] : names;
  if (set === null || items.length === 0) return bad('which mails, and what of them?');
  let isSomeGone = false;
  for (const [index, mail] of selected.view.entries()) {
    if (!set(byUid ? mail.uid : index + 1)) continue;
    if (isGone(selected, mail)) {
      isSomeGone = true;
      continue;
    }
    const data = items.map((item) => fetchItem(selected, mail, item));
    const unknown = data.indexOf(null);
    if (unknown >= 0) return bad(`unknown item ${items[unknown] ?? ''}`);
    session.write(
      untaggedFetch(
        index + 1,
        data.filter((piece) => piece !== null),
      ),
    );
  }
  return ok(isSomeGone ? '[EXPUNGEISSUED] some mails are gone' : 'done');
}

/** The mails that an argument names, as a test of their number. */
export function mailsNamed(
  selected: Selection,
  arg: Arg | undefined,
  byUid: boolean,
): SequenceSet | null {
  const largest = byUid ? (selected.view.at(-1)?.uid ?? 0) : selected.view.length;
  return parseSequenceSet(textOf(arg) ?? '', largest);
}

/** `(\Seen \Flagged)` */
export function flagList(mail: StoredMail): string {
  return `(${[...mail.flags].join(' ')})`;
}

function isGone(selected: Selection, mail: StoredMail): boolean {
  const { folder } = selected;
  if (folder.vanishing.delete(mail)) expungeMails(folder, (candidate) => candidate === mail);
  return folder.version !== selected.version && !folder.mails.includes(mail);
}

function fetchItem(selected: Selection, mail: StoredMail, item: string): Buffer | null {
  switch (item.toUpperCase()) {
    case 'UID':
      return Buffer.from(`UID ${mail.uid}`);
    case 'FLAGS':
      return Buffer.from(`FLAGS ${flagList(mail)}`);
    case 'INTERNALDATE':
      return Buffer.from(`INTERNALDATE ${imapDateTime(mail.internalDate)}`);
    case 'RFC822.SIZE':
      return Buffer.from(`RFC822.SIZE ${mail.raw.length}`);
    case 'ENVELOPE':
      return Buffer.concat([Buffer.from('ENVELOPE '), envelopeOf(mail.raw)]);
    default:
      return fetchBody(selected, mail, item);
  }
}

function fetchBody(selected: Selection, mail: StoredMail, item: string): Buffer | null {
  const parsed = BODY_ITEM.exec(item);
  if (parsed === null) return null;
  const [, peek, section = '', start, length] = parsed;
  const whole = sectionOf(mail.raw, section);
  if (whole === null) return null;
  if (peek === undefined && !selected.isReadOnly) mail.flags.add('\\Seen');
  const from = Number(start ?? 0);
  const bytes = whole.subarray(from, length === undefined ? undefined : from + Number(length));
  const origin = start === undefined ? '' : `<${start}>`;
  return Buffer.concat([Buffer.from(`BODY[${section}]${origin} `), imapLiteral(bytes)]);
}

function untaggedFetch(sequence: number, data: readonly Buffer[]): Buffer {
  const spaced = data.flatMap((piece, index) =>
    index === 0 ? [piece] : [Buffer.from(' '), piece],
  );
  return Buffer.concat([Buffer.from(`* ${sequence} FETCH (`), ...spaced, Buffer.from(')\r\n')]);
}
