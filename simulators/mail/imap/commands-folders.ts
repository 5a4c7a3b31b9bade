import { addFolder, folderOf, type Folder, type Mailbox } from '../post-office.js';
import { decodeFolder, encodeFolder, imapString } from './format.js';
import { bad, no, ok, type Session, type Tagged } from './session.js';
import { itemsOf, textOf, type Arg } from './tokens.js';

/** A command that needs a login. */
type MailboxCommand = (session: Session, args: readonly Arg[], mailbox: Mailbox) => Tagged;

export const list: MailboxCommand = (session, args, mailbox) =>
  listAs('LIST', { session, args, mailbox });

export const lsub: MailboxCommand = (session, args, mailbox) =>
  listAs('LSUB', { session, args, mailbox });

export const status: MailboxCommand = (session, args, mailbox) => {
  const folder = namedFolder(mailbox, args[0]);
  if (folder === null) return no('[NONEXISTENT] no such folder');
  const wanted = itemsOf(args[1]).map((item) => textOf(item)?.toUpperCase() ?? '');
  const values = wanted.map((name) => `${name} ${statusValue(folder, name)}`);
  session.write(`* STATUS ${nameOf(folder)} (${values.join(' ')})\r\n`);
  return ok('done');
};

export const create: MailboxCommand = (_session, args, mailbox) => {
  const path = textOf(args[0]);
  if (path === null) return bad('which folder?');
  if (folderOf(mailbox, decodeFolder(path)) !== null) return no('[ALREADYEXISTS] it is there');
  addFolder(mailbox, decodeFolder(path));
  return ok('done');
};

export const select: MailboxCommand = (session, args, mailbox) =>
  open(session, mailbox, { name: args[0], isReadOnly: false });

export const examine: MailboxCommand = (session, args, mailbox) =>
  open(session, mailbox, { name: args[0], isReadOnly: true });

/** The folder that an argument names. */
export function namedFolder(mailbox: Mailbox, arg: Arg | undefined): Folder | null {
  const path = textOf(arg);
  return path === null ? null : folderOf(mailbox, decodeFolder(path));
}

function open(
  session: Session,
  mailbox: Mailbox,
  wanted: { readonly name: Arg | undefined; readonly isReadOnly: boolean },
): Tagged {
  session.selected = null;
  if (session.wantsId && !session.hasSentId) return no('SELECT Unsafe Login.');
  const folder = namedFolder(mailbox, wanted.name);
  if (folder === null) return no('[NONEXISTENT] no such folder');
  const { version } = folder;
  session.selected = { folder, view: [...folder.mails], version, isReadOnly: wanted.isReadOnly };
  session.write(
    '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n' +
      '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] kept\r\n' +
      `* ${folder.mails.length} EXISTS\r\n` +
      '* 0 RECENT\r\n' +
      `* OK [UIDVALIDITY ${folder.uidValidity}] UIDs valid\r\n` +
      `* OK [UIDNEXT ${folder.uidNext}] next UID\r\n`,
  );
  return ok(wanted.isReadOnly ? '[READ-ONLY] open' : '[READ-WRITE] open');
}

function listAs(
  word: 'LIST' | 'LSUB',
  call: { readonly session: Session; readonly args: readonly Arg[]; readonly mailbox: Mailbox },
): Tagged {
  const [reference, pattern] = call.args.map(textOf);
  if (typeof reference !== 'string' || typeof pattern !== 'string') return bad('what to list?');
  if (pattern === '') {
    call.session.write(`* ${word} (\\Noselect) "/" ""\r\n`);
    return ok('done');
  }
  const wanted = decodeFolder(reference + pattern);
  for (const folder of call.mailbox.folders.values()) {
    if (!matches(folder.path, wanted)) continue;
    const flags = ['\\HasNoChildren', ...(folder.specialUse === null ? [] : [folder.specialUse])];
    call.session.write(`* ${word} (${flags.join(' ')}) "/" ${nameOf(folder)}\r\n`);
  }
  return ok('done');
}

/** Folder patterns: `*` is anything, `%` anything within one level. */
function matches(path: string, pattern: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  if (/^inbox$/i.test(pattern)) return path === 'INBOX';
  if (pattern === '%') return !path.includes('/');
  const prefix = pattern.slice(0, -1);
  if (pattern.endsWith('*')) return path.startsWith(prefix);
  return (
    pattern.endsWith('%') && path.startsWith(prefix) && !path.slice(prefix.length).includes('/')
  );
}

function nameOf(folder: Folder): string {
  return imapString(encodeFolder(folder.path)).toString('latin1');
}

function statusValue(folder: Folder, name: string): number {
  switch (name) {
    case 'MESSAGES':
      return folder.mails.length;
    case 'UIDNEXT':
      return folder.uidNext;
    case 'UIDVALIDITY':
      return folder.uidValidity;
    case 'UNSEEN':
      return folder.mails.filter((mail) => !mail.flags.has('\\Seen')).length;
    default:
      return 0;
  }
}
