import { duplicate } from '../faults.js';
import { startMail, type MailSimulator } from '../mail/mail.js';
import { startShop, type ShopSimulator } from '../shop/shop.js';
import { startTwilio, type TwilioSimulator } from '../twilio/twilio.js';
import { openVisitor, type Visitor } from '../visitor/visitor.js';
import type { Complaint, Telling } from './cast.js';
import type { HubClient } from './hub.js';

const MAILBOX = 'service@brand.test';
const LISTENER = 'help@desk.test';
const PASSWORD = 'only-for-this-demo';
const HUB_KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** The platforms and everybody who stands on them. */
export interface Street {
  /** The customer tells it; resolves when the platform has handed it over. */
  tell(complaint: Complaint, telling: Telling): Promise<void>;
  /** How often the answer stands in the customer's own inboxes, on all their channels together. */
  arrivals(complaint: Complaint): Promise<number>;
  close(): Promise<void>;
}

interface Houses {
  readonly mail: MailSimulator;
  readonly sms: TwilioSimulator;
  readonly shop: ShopSimulator;
  readonly visitors: Map<string, Visitor>;
  readonly chatUrl: string;
}

/** Starts the platforms, connects the hub to them, and lets them repeat themselves as real ones do. */
export async function openStreet(hub: HubClient): Promise<Street> {
  const mail = await startMail({ mailboxes: { [MAILBOX]: PASSWORD, [LISTENER]: PASSWORD } });
  const sms = await startTwilio({});
  const shop = await startShop({ hubKey: HUB_KEY });
  const [, listener, phone, app, chat] = await Promise.all([
    hub.connect(mailbox(mail)),
    hub.connect(mailListener(mail)),
    hub.connect(smsLine(sms)),
    hub.connect(shopApp(shop)),
    hub.connect({ connector: 'webchat', name: 'Chat on our pages', settings: {}, credentials: {} }),
  ]);
  mail.route('desk.test', { host: '127.0.0.1', port: listener.port ?? 0 });
  sms.setHook(phone.hookUrl ?? '');
  shop.setHook(app.hookUrl ?? '');
  // Platforms deliver twice now and then; the hub must not.
  sms.scriptDeliveries({ then: duplicate(2) });
  shop.scriptDeliveries({ then: duplicate(2) });
  const houses = {
    mail,
    sms,
    shop,
    visitors: new Map<string, Visitor>(),
    chatUrl: (chat.doorUrl ?? '').replace(/\/$/, ''),
  };
  return {
    tell: (complaint, telling) => TELL[telling.channel](houses, complaint, telling.text),
    arrivals: (complaint) => arrivals(houses, complaint),
    async close() {
      for (const visitor of houses.visitors.values()) await visitor.close();
      await Promise.all([mail.close(), sms.close(), shop.close()]);
    },
  };
}

type Tell = (houses: Houses, complaint: Complaint, text: string) => Promise<void>;

const TELL: Readonly<Record<Telling['channel'], Tell>> = {
  mailbox: (houses, complaint, text) => writeMail(houses, complaint, { to: MAILBOX, text }),
  listener: (houses, complaint, text) => writeMail(houses, complaint, { to: LISTENER, text }),
  async sms({ sms }, { phone }, text) {
    await sms.customer(phone).text(text);
  },
  async app({ shop }, { customer: name, phone }, text) {
    await shop.complain({ customer: { id: `user-${phone.slice(-4)}`, name, phone }, text });
  },
  async chat({ visitors, chatUrl }, { customer: name, email }, text) {
    const visitor = await openVisitor({ url: chatUrl, name, email });
    visitors.set(name, visitor);
    await visitor.say(text);
  },
};

async function writeMail(
  { mail }: Houses,
  { customer, email }: Complaint,
  { to, text }: { readonly to: string; readonly text: string },
): Promise<void> {
  await mail.customer(email, customer).write({ to, subject: text.slice(0, 24), text });
}

async function arrivals(houses: Houses, { customer, email, phone, answer }: Complaint) {
  const { mail, sms, shop, visitors } = houses;
  const texts = [
    ...(await mail.customer(email).inbox()).map(({ text }) => text),
    ...sms.customer(phone).inbox.map(({ body }) => body),
    ...shop.replies.map(({ body }) => body),
    ...(visitors.get(customer)?.seen ?? []).map(({ text }) => text),
  ];
  return texts.filter((text) => text.includes(answer)).length;
}

function mailbox(mail: MailSimulator) {
  const server = (port: number) => ({ host: '127.0.0.1', port, tls: 'none', user: MAILBOX });
  return {
    connector: 'email',
    name: 'Service mailbox',
    settings: {
      address: MAILBOX,
      displayName: '品牌客服',
      imap: { ...server(mail.imap.port), historyDays: 1 },
      smtp: server(mail.smtp.port),
      trustedAuthservIds: ['mx.mail.test'],
    },
    credentials: { imapPassword: PASSWORD, smtpPassword: PASSWORD },
  };
}

function mailListener(mail: MailSimulator) {
  return {
    connector: 'email',
    name: 'Mail without a mailbox',
    settings: {
      address: LISTENER,
      displayName: 'Brand Care',
      listener: { port: 0 },
      smtp: { host: '127.0.0.1', port: mail.smtp.port, tls: 'none', user: LISTENER },
    },
    credentials: { smtpPassword: PASSWORD },
  };
}

function smsLine(sms: TwilioSimulator) {
  return {
    connector: 'twilio-sms',
    name: 'Care SMS',
    settings: { accountSid: sms.accountSid, from: sms.number, apiBase: sms.url },
    credentials: { authToken: sms.authToken },
  };
}

function shopApp(shop: ShopSimulator) {
  return {
    connector: 'webhook',
    name: 'The shop app',
    settings: { mapping: 'app', sendUrl: `${shop.url}/cases/{{conversation.key}}/replies` },
    credentials: { secret: shop.secret, sendSecret: HUB_KEY },
  };
}
