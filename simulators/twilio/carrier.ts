import type { CarriageFault, Script, WireMessage } from '../faults.js';
import { createCourier, type Courier, type DeliveryReport } from '../http/courier.js';
import type { Ledger } from '../ledger.js';
import type { Account } from './account.js';
import type { TwilioDelivery, TwilioEntry } from './entries.js';
import { signForm } from './signature.js';

/** How often Twilio repeats a request to the hub. */
export interface TwilioRetries {
  /** 0 to 5; Twilio's default is 1. */
  readonly count: number;
  /** `connect` (the default): only when no connection could be made; `all`: after any failure, 4xx included. */
  readonly on: 'connect' | 'all';
  /** Pause before each repetition, in milliseconds. */
  readonly pauseMs: number;
}

/** Twilio's own default: one repetition, only if it could not connect. */
export const DEFAULT_RETRIES: TwilioRetries = { count: 1, on: 'connect', pauseMs: 50 };

/** Twilio waits 15 seconds for an answer. */
const READ_TIMEOUT_MS = 15_000;

/** Hands signed forms to the hub. */
export interface Carrier {
  /** `onHeld` is called if a rule holds the delivery back, so that the next may go first. */
  carry(
    kind: TwilioDelivery['kind'],
    url: string,
    form: URLSearchParams,
    onHeld?: () => void,
  ): Promise<DeliveryReport>;
  close(): void;
}

export interface CarrierOptions {
  readonly account: Account;
  readonly script: Script<TwilioDelivery, CarriageFault>;
  readonly ledger: Ledger<TwilioEntry>;
  readonly retries: TwilioRetries;
  /** Where a public URL really is. The signature is over the public one, as Twilio was told it. */
  readonly route: (publicUrl: string) => string;
}

/** A carrier with nothing under way. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { account, ledger, retries } = options;
  const courier: Courier<TwilioDelivery> = createCourier({
    script: options.script,
    observe: (delivery, attempt) => ledger.record({ kind: 'attempt', delivery, attempt }),
    policy: {
      pausesMs: Array.from({ length: retries.count }, () => retries.pauseMs),
      timeoutMs: READ_TIMEOUT_MS,
      again: (attempt) => retries.on === 'all' || attempt.failure === 'connect',
    },
  });
  return {
    close: () => courier.close(),
    carry(kind, url, form, onHeld) {
      const messageSid = form.get('MessageSid') ?? '';
      const delivery = { kind, messageSid, form: Object.fromEntries(form) };
      const wire: WireMessage = {
        url: options.route(url),
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          'user-agent': 'TwilioProxy/1.1',
          accept: '*/*',
          'x-twilio-signature': signForm(account.authToken, url, form),
        },
        body: Buffer.from(form.toString()),
      };
      return courier.carry(delivery, wire, onHeld);
    },
  };
}
