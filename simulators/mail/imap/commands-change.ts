import { addMail, announce, expungeMails, type Mailbox } from '../post-office.js';
import { flagList, mailsNamed, type Numbering } from './commands-fetch.js';
import { namedFolder } from './commands-folders.js';
import { parseImapDate } from './format.js';
import { bad, no, ok, type Selection, type Session, type Tagged } from './session.js';
import { itemsOf, textOf, type Arg } from './tokens.js';

/** STORE and UID STORE: `+FLAGS`, `-FLAGS`, `FLAGS`, each with `.SILENT`. */
export function store(
  session: Session,
  args: readonly Arg[],
  { byUid, selected }: Numbering & { readonly selected: Selection },
): Tagged {
  const set = mailsNamed(selected, args[0], byUid);
  const word = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(args[1]) ?? '');
  if (set === null || word === null) return bad('which mails, and which flags?');
  if (selected.isReadOnly) return no('[READ-ONLY] opened to read only');
  const flags = args.slice(2).flatMap((arg) => itemsOf(arg).map((item) => textOf(item) ?? ''));
  for (const [index, mail] of selected.view.entries()) {
    if (!set(byUid ? mail.uid : index + 1)) continue;
    changeFlags(mail.flags, word[1] ?? '', flags);
    const uid = byUid ? `UID ${mail.uid} ` : '';
    if (word[2] === undefined) {
      session.write(`* ${index + 1} FETCH (${uid}FLAGS ${flagList(mail)})\r\n`);
    }
  }
  announce(selected.folder, 'changed');
  return ok('done');
}

/** EXPUNGE, and UID EXPUNGE (RFC 4315) when a set is named. The untagged answers come with the next news. */
export function expunge(args: readonly Arg[], selected: Selection): Tagged {
  if (selected.isReadOnly) return no('[READ-ONLY] opened to read only');
  const set = args.length === 0 ? () => true : mailsNamed(selected, args[0], true);
  if (set === null) return bad('which mails?');
  expungeMails(selected.folder, (mail) => mail.flags.has('\\Deleted') && set(mail.uid));
  return ok('done');
}

/** APPEND, with APPENDUID (RFC 4315). */
export function append(session: Session, args: readonly Arg[], mailbox: Mailbox): Tagged {
  const folder = namedFolder(mailbox, args[0]);
  if (folder === null) return no('[TRYCREATE] no such folder');
  const raw = args.at(-1);
  if (args.length < 2 || raw?.kind !== 'string') return bad('where is the mail?');
  const middle = args.slice(1, -1);
  const flags = middle.flatMap((arg) => (arg.kind === 'list' ? arg.items : [])).map(textOf);
  const date = middle.flatMap((arg) => (arg.kind === 'string' ? [arg.bytes.toString()] : [])).at(0);
  const at = (date === undefined ? null : parseImapDate(date)) ?? session.office.now();
  const kept = flags.filter((flag) => flag !== null);
  const mail = addMail(folder, Buffer.from(raw.bytes), { flags: kept, at });
  return ok(`[APPENDUID ${folder.uidValidity} ${mail.uid}] stored`);
}

function changeFlags(current: Set<string>, sign: string, flags: readonly string[]): void {
  if (sign === '') current.clear();
  for (const flag of flags) {
    if (sign === '-') current.delete(flag);
    else current.add(flag);
  }
}
