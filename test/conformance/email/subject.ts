import { connector } from '../../../connectors/email/index.js';
import {
  answer,
  halfAnswer,
  resetBeforeBody,
  resetWithoutAnswer,
  silence,
  trickle,
  type ArmedRule,
} from '../../../simulators/faults.js';
import { startMail } from '../../../simulators/mail/mail.js';
import type { SmtpRule } from '../../../simulators/mail/smtp-door.js';
import type { Fault, Fixture, Rehearsal, Subject } from '../../../src/sdk/conformance/subject.js';
import type { Account } from '../../../src/sdk/index.js';
import { INSTALLATION, draftsBy, goldensOf, http, macKeysOf } from '../installation.js';
import {
  answerWithQuote,
  bounceOfOurAnswer,
  complaintWithPhoto,
  outOfOffice,
  sentFromOurOwnProgram,
} from './mails.js';

const ADDRESS = 'help@shop.example';
const CUSTOMER = 'zhang@customer.example';

interface Ports {
  readonly imap: number;
  readonly smtp: number;
}

function accountOf(id: string, ports: Ports = { imap: 9, smtp: 9 }): Account {
  const server = (port: number) => ({ host: '127.0.0.1', port, tls: 'none' });
  return {
    id,
    settings: {
      address: ADDRESS,
      imap: server(ports.imap),
      smtp: server(ports.smtp),
      listener: { port: 0 },
    },
    credentials: {
      imapPassword: `canary-mailbox-password-of-${id}-7c3e`,
      smtpPassword: `canary-mailbox-password-of-${id}-7c3e`,
    },
    hookUrl: `https://hub.example/hooks/${id}`,
    macKeys: macKeysOf(id),
  };
}

const account = accountOf('mail-main');

const goldens = goldensOf('email');

function fixture(name: string, body: Buffer, more: Partial<Fixture> = {}): Fixture {
  const notes = { mailFrom: CUSTOMER, rcptTo: ADDRESS, remote: '198.51.100.40' };
  const arrival = { body, type: 'message/rfc822', notes };
  return { name, arrival, drafts: goldens[name] ?? [], ...more };
}

const fixtures: readonly Fixture[] = [
  fixture('complaint-with-photo', complaintWithPhoto),
  fixture('answer-with-quote', answerWithQuote),
  fixture('out-of-office', outOfOffice, { traps: ['automatic'] }),
  fixture('bounce-of-our-answer', bounceOfOurAnswer, { traps: ['receipt'] }),
  fixture('sent-from-our-own-program', sentFromOurOwnProgram, {
    traps: ['echo'],
    arrival: {
      body: sentFromOurOwnProgram,
      type: 'message/rfc822',
      notes: { role: 'sent', folder: 'Sent', uidvalidity: '7', uid: '12' },
    },
  }),
];

/** RFC 5321 and 3463; the words are a server's own. */
const RULES: Partial<Record<Fault, SmtpRule>> = {
  unauthorised: { at: 'auth', then: answer(535, '5.7.8 authentication failed') },
  rateLimited: { then: answer(421, '4.7.28 too many mails from this account') },
  rateLimitedBare: { then: answer(421, '4.7.28 too many mails from this account') },
  serverError: { then: answer(451, '4.3.0 local error in processing') },
  unavailable: { at: 'mail', then: answer(421, '4.3.2 closing') },
  forbidden: { then: answer(550, '5.7.1 not allowed') },
  recipientGone: { at: 'rcpt', then: answer(550, '5.1.1 no such user') },
  contentRefused: { then: answer(554, '5.6.0 content refused') },
  resetEarly: { then: resetBeforeBody() },
  reset: { then: resetWithoutAnswer({ taken: true }) },
  silence: { then: silence({ taken: true }) },
  halfAnswer: { then: halfAnswer() },
  trickle: { then: trickle() },
};

async function rehearse(): Promise<Rehearsal> {
  const password = String(account.credentials['imapPassword']);
  const simulator = await startMail({ mailboxes: { [ADDRESS]: password } });
  let armed: ArmedRule | null = null;
  let offline = false;
  let arrived = 0;
  return {
    account: accountOf(account.id, { imap: simulator.imap.port, smtp: simulator.smtp.port }),
    deliver() {
      arrived += 1;
      const id = `<waiting-${String(arrived)}@customer.example>`;
      const head = [`From: ${CUSTOMER}`, `To: ${ADDRESS}`, `Message-ID: ${id}`, 'Subject: Kettle'];
      simulator.deliver(ADDRESS, 'INBOX', [...head, '', 'The kettle leaks.', ''].join('\r\n'));
    },
    taken: () => simulator.ledger.entries.filter(({ kind }) => kind === 'taken').length,
    async script(fault) {
      armed?.remove();
      armed = null;
      if (offline) await simulator.goOnline();
      offline = fault === 'unreachable';
      if (offline) await simulator.goOffline();
      const rule = fault === null ? undefined : RULES[fault];
      if (rule !== undefined) armed = simulator.scriptSmtp({ ...rule, times: Infinity });
    },
    close: () => simulator.close(),
  };
}

export const subject: Subject = {
  installation: INSTALLATION,
  account,
  stranger: accountOf('mail-other'),
  now: Date.UTC(2026, 10, 20, 0, 15),
  fixtures,
  drafts: draftsBy(connector),
  conversation: {
    key: 'm1@customer.example',
    handle: CUSTOMER,
    name: '张伟',
    subject: 'Kettle',
    ticket: 4,
    context: { to: CUSTOMER, subject: 'Kettle', messageId: '<m1@customer.example>' },
  },
  rehearse,
  faults: [...(Object.keys(RULES) as Fault[]), 'unreachable'],
  http,
  waivers: {
    'drafts.unknown': 'a mail has no kinds: what no machine wrote was written by a person',
    'outcomes.rateLimited': 'SMTP has no Retry-After: how long a quota lasts is our own guess',
  },
};
