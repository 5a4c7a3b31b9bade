/** A mail in a folder. */
export interface StoredMail {
  readonly uid: number;
  readonly raw: Buffer;
  readonly flags: Set<string>;
  readonly internalDate: Date;
}

/** What somebody who watches a folder is told: that it changed, or that its UIDs are void. */
export type FolderNews = 'changed' | 'uidValidityChanged';

export interface Folder {
  /** Path with `/` between levels, as a person reads it. */
  readonly path: string;
  /** `\Sent` and the like (RFC 6154); null for an ordinary folder. */
  readonly specialUse: string | null;
  uidValidity: number;
  uidNext: number;
  /** In order of UID. */
  mails: StoredMail[];
  /** Grows with every change, so that whoever has seen this number need not look again. */
  version: number;
  readonly watchers: Set<(news: FolderNews) => void>;
  /** Mails that disappear as soon as somebody is about to read them. */
  readonly vanishing: Set<StoredMail>;
}

export interface Mailbox {
  /** Login name and address, in lower case. */
  readonly address: string;
  password: string;
  readonly folders: Map<string, Folder>;
}

/** All mailboxes of the simulated provider, by address. */
export interface PostOffice {
  readonly mailboxes: Map<string, Mailbox>;
  readonly now: () => Date;
}

/** The folders of a new mailbox. */
const STANDARD_FOLDERS: readonly (readonly [string, string | null])[] = [
  ['INBOX', null],
  ['Sent', '\\Sent'],
  ['Drafts', '\\Drafts'],
  ['Junk', '\\Junk'],
  ['Trash', '\\Trash'],
];

/** The mailbox of this address; a `+tag` belongs to the address without it. It is made if there is none yet. */
export function mailboxOf(office: PostOffice, address: string, password = 'secret'): Mailbox {
  const key = withoutTag(address.toLowerCase());
  const existing = office.mailboxes.get(key);
  if (existing !== undefined) return existing;
  const mailbox: Mailbox = { address: key, password, folders: new Map() };
  for (const [path, specialUse] of STANDARD_FOLDERS) addFolder(mailbox, path, specialUse);
  office.mailboxes.set(key, mailbox);
  return mailbox;
}

/** Adds an empty folder. */
export function addFolder(
  mailbox: Mailbox,
  path: string,
  specialUse: string | null = null,
): Folder {
  const folder: Folder = {
    path,
    specialUse,
    uidValidity: 1,
    uidNext: 1,
    mails: [],
    version: 0,
    watchers: new Set(),
    vanishing: new Set(),
  };
  mailbox.folders.set(path, folder);
  return folder;
}

/** The folder at this path; `INBOX` in any case. */
export function folderOf(mailbox: Mailbox, path: string): Folder | null {
  return mailbox.folders.get(/^inbox$/i.test(path) ? 'INBOX' : path) ?? null;
}

/** Puts a mail into a folder under the next UID. */
export function addMail(
  folder: Folder,
  raw: Buffer,
  details: { readonly flags?: readonly string[]; readonly at: Date },
): StoredMail {
  const flags = new Set(details.flags ?? []);
  const mail = { uid: folder.uidNext, raw, flags, internalDate: details.at };
  folder.uidNext += 1;
  folder.mails.push(mail);
  announce(folder, 'changed');
  return mail;
}

/** Removes mails for good. */
export function expungeMails(folder: Folder, gone: (mail: StoredMail) => boolean): void {
  const kept = folder.mails.filter((mail) => !gone(mail));
  if (kept.length === folder.mails.length) return;
  folder.mails = kept;
  announce(folder, 'changed');
}

/**
 * Gives the folder a new UIDVALIDITY and all its mails new UIDs, as after a restored backup: what a client
 * remembers of the old ones is void.
 */
export function changeUidValidity(folder: Folder): void {
  folder.uidValidity += 1;
  folder.mails = folder.mails.map((mail, index) => ({ ...mail, uid: index + 1 }));
  folder.uidNext = folder.mails.length + 1;
  announce(folder, 'uidValidityChanged');
}

/** Tells the watchers; to be called after flags were changed in place. */
export function announce(folder: Folder, news: FolderNews): void {
  folder.version += 1;
  for (const watcher of [...folder.watchers]) watcher(news);
}

function withoutTag(address: string): string {
  const at = address.lastIndexOf('@');
  const plus = address.indexOf('+');
  return plus > 0 && plus < at ? address.slice(0, plus) + address.slice(at) : address;
}
