import { makeSid, type Account } from './account.js';
import type { TwilioRetries } from './carrier.js';

/** How a simulated Twilio is set up; everything has a default. */
export interface TwilioOptions {
  /** Invented when left out. */
  readonly accountSid?: string | undefined;
  readonly authToken?: string | undefined;
  /** API keys, SID to secret. */
  readonly apiKeys?: Readonly<Record<string, string>> | undefined;
  /** The account's numbers, E.164; `+15550002222` when left out. The first is the default. */
  readonly numbers?: readonly string[] | undefined;
  /** Messaging services, SID (MG…) to the number they send from. */
  readonly services?: Readonly<Record<string, string>> | undefined;
  /** Where Twilio sends incoming messages; may also be set later. */
  readonly hookUrl?: string | undefined;
  /** Where a public URL really is; the same URL when left out. */
  readonly route?: ((publicUrl: string) => string) | undefined;
  readonly retries?: TwilioRetries | undefined;
  /** Order of the status callbacks of one message; `inOrder` when left out. */
  readonly receiptOrder?: 'inOrder' | 'shuffled' | undefined;
  /** Milliseconds between two states of a message; 1 when left out. */
  readonly paceMs?: number | undefined;
  /** Numbers from 0 up to but not 1, for the shuffling. */
  readonly random?: (() => number) | undefined;
  readonly now?: (() => Date) | undefined;
}

/** The account that these options describe, without any traffic yet. */
export function openAccount(options: TwilioOptions): Account {
  return {
    sid: options.accountSid ?? makeSid('AC'),
    authToken: options.authToken ?? makeSid('SK').slice(2),
    apiKeys: new Map(Object.entries(options.apiKeys ?? {})),
    numbers: new Set(options.numbers ?? ['+15550002222']),
    services: new Map(Object.entries(options.services ?? {})),
    messages: new Map(),
    optedOut: new Set(),
    fates: new Map(),
    now: options.now ?? (() => new Date()),
  };
}
