import type { TwilioOptions } from '../../simulators/twilio/options.js';
import { startTwilio, type TwilioSimulator } from '../../simulators/twilio/twilio.js';
import type { Desk } from './desk.js';

/** What the hub is told of itself: Twilio signs over this address, wherever the hub really listens. */
export const PUBLIC_URL = 'https://hub.example.com';

export interface PhoneCompany extends TwilioSimulator {
  /** The connection's id. */
  readonly connection: string;
  /** What came to a phone, texts only, in order. */
  texts(number: string): readonly string[];
  /** How many messages Twilio took from the hub. */
  taken(): number;
}

/** A Twilio account, connected by the twilio-sms connector behind a proxy with another name. */
export async function connectPhones(
  desk: Desk,
  options: TwilioOptions = {},
  settings: Readonly<Record<string, unknown>> = {},
): Promise<PhoneCompany> {
  const route = (url: string): string => url.replace(PUBLIC_URL, desk.hub.url);
  const twilio = await startTwilio({ route, ...options });
  const { id, hookUrl } = await desk.connect({
    connector: 'twilio-sms',
    name: 'Text messages',
    settings: {
      accountSid: twilio.accountSid,
      from: twilio.number,
      apiBase: twilio.url,
      ...settings,
    },
    credentials: { authToken: twilio.authToken },
  });
  twilio.setHook(hookUrl ?? '');
  await desk.opened(id);
  return Object.assign(twilio, {
    connection: id,
    texts: (number: string) => twilio.customer(number).inbox.map(({ body }) => body),
    taken: () => twilio.ledger.entries.filter(({ kind }) => kind === 'taken').length,
  });
}
