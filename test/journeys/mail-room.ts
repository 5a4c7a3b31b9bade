import { startMail, type MailOptions, type MailSimulator } from '../../simulators/mail/mail.js';
import type { MailCustomer } from '../../simulators/mail/customers.js';
import type { ReadMail } from '../../simulators/mail/read-mail.js';
import { until } from '../hub.js';
import type { Desk } from './desk.js';

export const HELP = 'help@shop.test';
export const PASSWORD = 'a-password-of-the-tests';

/** How mail comes in: read from a mailbox, or taken by the hub's own SMTP listener. */
export type WayIn = 'imap' | 'listener';

export interface MailRoom extends MailSimulator {
  /** The connection's id. */
  readonly connection: string;
  /** The n-th mail in a customer's inbox, from 1, once it is there. */
  nthMail(customer: MailCustomer, n: number): Promise<ReadMail>;
  /** How many mails the provider took from the hub. */
  taken(): number;
}

export interface MailRoomDetails {
  readonly wayIn?: WayIn;
  readonly provider?: MailOptions;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly imap?: Readonly<Record<string, unknown>>;
}

/** A mail provider with the shop's mailbox, connected by the email connector. */
export async function openMailRoom(desk: Desk, details: MailRoomDetails = {}): Promise<MailRoom> {
  const now = (): Date => new Date(desk.clock.now());
  const mail = await startMail({ mailboxes: { [HELP]: PASSWORD }, now, ...details.provider });
  const wayIn = details.wayIn ?? 'imap';
  const { id } = await desk.connect({
    connector: 'email',
    name: 'Support mail',
    settings: {
      address: HELP,
      displayName: '客服 Support',
      smtp: { ...mail.smtp, tls: 'none' },
      ...(wayIn === 'imap' ? mailbox(mail, details.imap) : { listener: { port: 0 } }),
      ...details.settings,
    },
    credentials: { imapPassword: PASSWORD, smtpPassword: PASSWORD },
  });
  if (wayIn === 'listener') await routeToListener(desk, mail, id);
  return Object.assign(mail, {
    connection: id,
    nthMail: (customer: MailCustomer, n: number) =>
      until(`mail ${n} for ${customer.address}`, async () => (await customer.inbox())[n - 1]),
    taken: () => mail.ledger.entries.filter(({ kind }) => kind === 'taken').length,
  });
}

/** Read from its beginning, so that no test has to wait for the first look; the provider's verdicts are believed. */
function mailbox(mail: MailSimulator, more: Readonly<Record<string, unknown>> = {}) {
  return {
    imap: { ...mail.imap, tls: 'none', pollSeconds: 5, historyDays: 3_650, ...more },
    trustedAuthservIds: ['mx.mail.test'],
  };
}

async function routeToListener(desk: Desk, mail: MailSimulator, id: string): Promise<void> {
  const port = await until('the port of the listener', async () => (await desk.opened(id)).port);
  mail.route('shop.test', { host: '127.0.0.1', port });
}
