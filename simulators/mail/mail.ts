import { timingSafeEqual } from 'node:crypto';
import {
  createScript,
  type AnswerFault,
  type ArmedRule,
  type CarriageFault,
  type Rule,
} from '../faults.js';
import { createLedger, type Ledger } from '../ledger.js';
import { mailCustomer, type MailCustomer } from './customers.js';
import { markDelivery, type DmarcVerdict } from './delivery-marks.js';
import type { MailEntry } from './entries.js';
import { startImap, type ImapControl } from './imap/server.js';
import type { ImapCommand } from './imap/session.js';
import type { WrittenLetter } from './letters.js';
import { createOutgoing, type MailReport, type MailRoute } from './outgoing.js';
import { addMail, folderOf, mailboxOf, type Mailbox, type PostOffice } from './post-office.js';
import { startSmtpDoor, type SmtpEvent, type SmtpRule } from './smtp-door.js';

export interface MailOptions {
  /** Mailboxes with their passwords; others come into being as soon as mail for them arrives. */
  readonly mailboxes?: Readonly<Record<string, string>> | undefined;
  /** Listeners of the hub by domain; mail of other domains goes into the mailboxes here. */
  readonly routes?: Readonly<Record<string, MailRoute>> | undefined;
  /** Whether a copy of what a user sends over SMTP is put into Sent, as Gmail does; false when left out. */
  readonly keepsSent?: boolean | undefined;
  /** Name under which the provider vouches in Authentication-Results; `mx.mail.test` when left out. */
  readonly authservId?: string | undefined;
  /** Pauses before repetitions to the hub's listener, in milliseconds; 20 and 50 when left out. */
  readonly retryPausesMs?: readonly number[] | undefined;
  /** IMAP refuses to open a folder before the client has sent ID, as 163.com does; false when left out. */
  readonly wantsId?: boolean | undefined;
  readonly now?: (() => Date) | undefined;
}

/** A mail as bytes, with its envelope. */
export interface RawMail {
  /** Envelope sender; empty for `<>`. */
  readonly from: string;
  readonly to: string | readonly string[];
  readonly raw: Buffer | string;
}

export interface MailSimulator {
  readonly smtp: { readonly host: string; readonly port: number };
  readonly imap: { readonly host: string; readonly port: number };
  readonly ledger: Ledger<MailEntry>;
  /** Scripts the answers of the SMTP server to the hub; rules strike at the end of the mail unless `at` says otherwise. */
  scriptSmtp(rule: SmtpRule): ArmedRule;
  /** Scripts the answers of the IMAP server. */
  scriptImap(rule: Rule<ImapCommand, AnswerFault>): ArmedRule;
  /** Scripts what happens to customers' mail on its way. */
  scriptDeliveries(rule: Rule<WrittenLetter, CarriageFault>): ArmedRule;
  /** Sends the mail of a domain to this SMTP listener from now on. */
  route(domain: string, listener: MailRoute): void;
  /** What the provider says of mail from this domain from now on; `pass` unless it was told otherwise. */
  setDmarc(domain: string, verdict: DmarcVerdict): void;
  /** Makes the mailbox, or changes its password. */
  setPassword(address: string, password: string): void;
  customer(address: string, name?: string): MailCustomer;
  /** Sends raw bytes to where these recipients are, over SMTP if their domain is routed. */
  sendRaw(mail: RawMail): Promise<MailReport>;
  /** Puts raw bytes into a folder as they are. Returns their UID. */
  deliver(address: string, folder: string, raw: Buffer | string): number;
  /** Everything else that can happen to mailboxes and IMAP connections. */
  readonly mailboxes: ImapControl;
  /** Both servers refuse every connection until `goOnline`. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a mail provider with SMTP and IMAP on free ports of 127.0.0.1. */
export async function startMail(options: MailOptions = {}): Promise<MailSimulator> {
  const office: PostOffice = { mailboxes: new Map(), now: options.now ?? (() => new Date()) };
  const openings = Object.entries(options.mailboxes ?? {});
  for (const [address, password] of openings) mailboxOf(office, address, password);
  const ledger = createLedger<MailEntry>();
  const verdicts = new Map<string, DmarcVerdict>();
  const desk: Desk = { office, ledger, verdicts, authservId: options.authservId ?? 'mx.mail.test' };
  const deliveries = createScript<WrittenLetter, CarriageFault>();
  const routes = new Map(Object.entries(options.routes ?? {}));
  const outgoing = createOutgoing({
    script: deliveries,
    routes,
    retryPausesMs: options.retryPausesMs ?? [20, 50],
    deliverHere: (letter, recipient, raw) =>
      deliverHere(desk, { from: letter.from, recipient }, raw),
    observe: (letter, attempt) => ledger.record({ kind: 'attempt', letter, attempt }),
  });
  const smtp = await startSmtpDoor({
    isRightPassword: (user, password) => isRightPassword(office, user, password),
    observe: ({ from, to }, ending) => ledger.record({ kind: 'smtp', from, to, ending }),
    take: (event) => takeFromHub(desk, event, options.keepsSent ?? false),
  });
  const imapScript = createScript<ImapCommand, AnswerFault>();
  const imap = await startImap({
    office,
    script: imapScript,
    wantsId: options.wantsId ?? false,
    isRightPassword: (user, password) => isRightPassword(office, user, password),
    observe: (user, command, ending) => ledger.record({ kind: 'imap', user, command, ending }),
  });
  return {
    smtp: { host: '127.0.0.1', port: smtp.port },
    imap: { host: '127.0.0.1', port: imap.port },
    ledger,
    scriptSmtp: (rule) => smtp.script(rule),
    scriptImap: (rule) => imapScript.add(rule),
    scriptDeliveries: (rule) => deliveries.add(rule),
    route: (domain, listener) => void routes.set(domain.toLowerCase(), listener),
    setDmarc: (domain, verdict) => void verdicts.set(domain.toLowerCase(), verdict),
    setPassword: (address, password) => void (mailboxOf(office, address).password = password),
    customer: (address, name = '') => mailCustomer({ office, outgoing }, address, name),
    sendRaw: ({ from, to, raw }) =>
      outgoing.send({ messageId: '', from, to: [to].flat(), raw: Buffer.from(raw) }),
    deliver: (address, folder, raw) =>
      store(desk, mailboxOf(office, address), folder, Buffer.from(raw)),
    mailboxes: imap.control,
    async goOffline() {
      await Promise.all([smtp.goOffline(), imap.goOffline()]);
    },
    async goOnline() {
      await Promise.all([smtp.goOnline(), imap.goOnline()]);
    },
    async close() {
      outgoing.close();
      await Promise.all([smtp.close(), imap.close()]);
    },
  };
}

interface Desk {
  readonly office: PostOffice;
  readonly ledger: Ledger<MailEntry>;
  readonly verdicts: ReadonlyMap<string, DmarcVerdict>;
  readonly authservId: string;
}

/** The hub has handed a mail over: it is in its recipients' mailboxes at once. */
function takeFromHub(desk: Desk, { from, to, raw }: SmtpEvent, keepsSent: boolean): void {
  desk.ledger.record({ kind: 'taken', from, to, raw });
  for (const recipient of to) deliverHere(desk, { from, recipient }, raw);
  if (keepsSent) store(desk, mailboxOf(desk.office, from), 'Sent', raw);
}

function deliverHere(
  desk: Desk,
  envelope: { readonly from: string; readonly recipient: string },
  raw: Buffer,
): void {
  const domain = envelope.from.slice(envelope.from.lastIndexOf('@') + 1).toLowerCase();
  const marked = markDelivery(raw, {
    ...envelope,
    authservId: desk.authservId,
    dmarc: desk.verdicts.get(domain) ?? 'pass',
    at: desk.office.now(),
  });
  store(desk, mailboxOf(desk.office, envelope.recipient), 'INBOX', marked);
}

function store(desk: Desk, mailbox: Mailbox, path: string, raw: Buffer): number {
  const folder = folderOf(mailbox, path);
  if (folder === null) throw new Error(`${mailbox.address} has no folder ${path}`);
  const { uid } = addMail(folder, raw, { at: desk.office.now() });
  desk.ledger.record({ kind: 'stored', address: mailbox.address, folder: folder.path, uid, raw });
  return uid;
}

function isRightPassword(office: PostOffice, user: string, password: string): boolean {
  const right = Buffer.from(office.mailboxes.get(user.toLowerCase())?.password ?? '');
  const given = Buffer.from(password);
  return right.length > 0 && right.length === given.length && timingSafeEqual(right, given);
}
