import { absenceNotice, writeBounce, type BounceReason } from './reports.js';
import { answerTo, writeLetter, type Letter, type ReplyManner } from './letters.js';
import type { MailReport, Outgoing } from './outgoing.js';
import { folderOf, mailboxOf, type PostOffice } from './post-office.js';
import type { QuotingLanguage } from './quoting.js';
import { readMail, type ReadMail } from './read-mail.js';

/** A customer with a mail address. */
export interface MailCustomer {
  readonly address: string;
  readonly name: string;
  /** What lies in the inbox, oldest first. */
  inbox(): Promise<readonly ReadMail[]>;
  write(letter: Letter): Promise<MailReport>;
  /** Answers a mail as the named mail program does. */
  reply(mail: ReadMail, manner: ReplyManner): Promise<MailReport>;
  /** The customer's provider sends the mail back to its envelope sender. */
  bounce(mail: ReadMail, reason?: BounceReason): Promise<MailReport>;
  /** The customer's mail program answers by itself. */
  outOfOffice(mail: ReadMail, language?: QuotingLanguage): Promise<MailReport>;
}

/** The customer with this address, whose mailbox is made if there is none yet. */
export function mailCustomer(
  provider: { readonly office: PostOffice; readonly outgoing: Outgoing },
  address: string,
  name: string,
): MailCustomer {
  const { office, outgoing } = provider;
  const author = { name, address };
  const mailbox = mailboxOf(office, address);
  const send = async (letter: Letter): Promise<MailReport> =>
    outgoing.send(await writeLetter(author, letter, office.now()));
  return {
    address,
    name,
    inbox: () =>
      Promise.all((folderOf(mailbox, 'INBOX')?.mails ?? []).map((mail) => readMail(mail.raw))),
    write: send,
    reply: (mail, manner) => send(answerTo(author, mail, manner)),
    bounce(mail, reason = {}) {
      const to = returnPathOf(mail);
      return outgoing.send(writeBounce(address, mail, { to, date: office.now(), reason }));
    },
    async outOfOffice(mail, language = 'en') {
      const notice = await writeLetter(author, absenceNotice(author, mail, language), office.now());
      // RFC 3834, 3.3: automatic answers go out with an empty envelope sender.
      return outgoing.send({ ...notice, from: '' });
    },
  };
}

/** The envelope sender, as the provider wrote it into Return-Path. */
function returnPathOf(mail: ReadMail): string {
  const line = mail.headers.find((header) => header.name === 'return-path')?.value ?? '';
  const address = line.replaceAll(/[<>\s]/g, '');
  return address === '' ? mail.from.address : address;
}
