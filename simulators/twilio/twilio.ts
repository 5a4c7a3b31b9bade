import {
  createScript,
  type AnswerFault,
  type ArmedRule,
  type CarriageFault,
  type Rule,
} from '../faults.js';
import { startLoopback, type Ending, type HttpRequest } from '../http/loopback.js';
import { createLedger, type Ledger } from '../ledger.js';
import type { Fate, StoredMedia, StoredMessage } from './account.js';
import { answerApi } from './api.js';
import { createCarrier, DEFAULT_RETRIES } from './carrier.js';
import { customerOf, type Customer, type Desk } from './customers.js';
import type { TwilioDelivery, TwilioEntry } from './entries.js';
import { startMediaHost } from './media-host.js';
import { openAccount, type TwilioOptions } from './options.js';
import { bringToPhone, type OutboundOptions } from './outbound.js';

export interface TwilioSimulator {
  /** Stands for `https://api.twilio.com`. */
  readonly url: string;
  readonly port: number;
  readonly accountSid: string;
  readonly authToken: string;
  /** The account's first number. */
  readonly number: string;
  readonly ledger: Ledger<TwilioEntry>;
  /** Scripts the answers to the hub's API calls. */
  script(rule: Rule<HttpRequest, AnswerFault>): ArmedRule;
  /** Scripts what happens to messages and receipts on their way to the hub. */
  scriptDeliveries(rule: Rule<TwilioDelivery, CarriageFault>): ArmedRule;
  setHook(url: string): void;
  /** Decides how this phone takes what it is sent from now on. */
  setFate(number: string, fate: Fate): void;
  customer(number: string): Customer;
  /** Refuses every connection until `goOnline`. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Twilio with one account on free ports of 127.0.0.1. */
export async function startTwilio(options: TwilioOptions = {}): Promise<TwilioSimulator> {
  const account = openAccount(options);
  const [number = ''] = account.numbers;
  const ledger = createLedger<TwilioEntry>();
  const script = createScript<HttpRequest, AnswerFault>();
  const deliveries = createScript<TwilioDelivery, CarriageFault>();
  const route = options.route ?? ((url: string) => url);
  const retries = options.retries ?? DEFAULT_RETRIES;
  const carrier = createCarrier({ account, script: deliveries, ledger, retries, route });
  const closing = new AbortController();
  const mediaHost = await startMediaHost((fetch) => ledger.record({ kind: 'media', fetch }));
  const outbound: OutboundOptions = {
    ...{ account, carrier, ledger, route, closing: closing.signal },
    receiptOrder: options.receiptOrder ?? 'inOrder',
    random: options.random ?? Math.random,
    paceMs: options.paceMs ?? 1,
  };
  const underWay = new Set<Promise<void>>();
  const taken = (message: StoredMessage): void => {
    const { sid: messageSid, from, to, body } = message;
    ledger.record({ kind: 'taken', messageSid, from, to, body });
    const journey = bringToPhone(outbound, message).finally(() => underWay.delete(journey));
    underWay.add(journey);
  };
  const signedMediaUrl = (media: StoredMedia): string => mediaHost.sign(media);
  const api = await startLoopback({
    script,
    handle: (request) => answerApi({ account, taken, signedMediaUrl }, request),
    observe: (request, ending) => ledger.record(requestEntry(request, ending)),
  });
  const desk: Desk = {
    account,
    carrier,
    ledger,
    apiUrl: api.url,
    hookUrl: options.hookUrl ?? null,
  };
  return {
    url: api.url,
    port: api.port,
    accountSid: account.sid,
    authToken: account.authToken,
    number,
    ledger,
    script: (rule) => script.add(rule),
    scriptDeliveries: (rule) => deliveries.add(rule),
    setHook: (url) => void (desk.hookUrl = url),
    setFate: (phone, fate) => void account.fates.set(phone, fate),
    customer: (phone) => customerOf(desk, phone, number),
    goOffline: () => api.goOffline(),
    goOnline: () => api.goOnline(),
    async close() {
      closing.abort();
      carrier.close();
      await Promise.all([api.close(), mediaHost.loopback.close(), ...underWay]);
    },
  };
}

function requestEntry(request: HttpRequest, ending: Ending): TwilioEntry {
  const form = Object.fromEntries(new URLSearchParams(request.body.toString('utf8')));
  return { kind: 'request', method: request.method, path: request.path, form, ending };
}
