import type { Folder, Mailbox, PostOffice, StoredMail } from '../post-office.js';

/** A command of the hub, as rules see it. */
export interface ImapCommand {
  /** Who is logged in; empty before. */
  readonly user: string;
  /** In upper case; with `UID ` in front where it is: `UID FETCH`. */
  readonly name: string;
  /** The rest of the line, without literals. */
  readonly text: string;
}

/** Whether this is a login, of whatever kind: for rules that refuse logins. */
export function isLogin(command: ImapCommand): boolean {
  return command.name === 'LOGIN' || command.name === 'AUTHENTICATE';
}

/** A folder as one connection knows it. Sequence numbers are places in `view`. */
export interface Selection {
  readonly folder: Folder;
  view: StoredMail[];
  /** The folder's version that `view` agrees with. */
  version: number;
  readonly isReadOnly: boolean;
}

/** The tagged end of a command. */
export interface Tagged {
  readonly status: 'OK' | 'NO' | 'BAD';
  readonly text: string;
}

/** One connection. */
export interface Session {
  readonly office: PostOffice;
  readonly isRightPassword: (user: string, password: string) => boolean;
  /** Refuses SELECT until the client has sent ID, as 163.com does ("Unsafe Login"). */
  readonly wantsId: boolean;
  hasSentId: boolean;
  mailbox: Mailbox | null;
  selected: Selection | null;
  /** Writes an untagged line or a piece of one. */
  write(data: string | Buffer): void;
  /** Sends a continuation request and resolves with the next line; null when the connection ends first. */
  ask(prompt: string): Promise<string | null>;
}

export function ok(text: string): Tagged {
  return { status: 'OK', text };
}

export function no(text: string): Tagged {
  return { status: 'NO', text };
}

export function bad(text: string): Tagged {
  return { status: 'BAD', text };
}

/**
 * Tells the client what has changed in its folder since it last heard of it. Expunges may be told only where the
 * client's sequence numbers may shift: not during FETCH, STORE and SEARCH without UID (RFC 3501, 7.4.1).
 */
export function tellChanges(session: Session, allowed: { readonly expunges: boolean }): void {
  const { selected } = session;
  if (selected === null || selected.version === selected.folder.version) return;
  const present = new Set(selected.folder.mails);
  if (allowed.expunges) {
    for (let index = selected.view.length - 1; index >= 0; index -= 1) {
      const mail = selected.view[index];
      if (mail === undefined || present.has(mail)) continue;
      selected.view.splice(index, 1);
      session.write(`* ${index + 1} EXPUNGE\r\n`);
    }
    selected.version = selected.folder.version;
  }
  const known = new Set(selected.view);
  const arrived = selected.folder.mails.filter((mail) => !known.has(mail));
  if (arrived.length === 0) return;
  selected.view.push(...arrived);
  session.write(`* ${selected.view.length} EXISTS\r\n`);
}
