import { randomBytes } from 'node:crypto';

/** States of a message, as in the official API description (those which this simulator passes through). */
export type MessageStatus =
  'accepted' | 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'received';

export interface StoredMedia {
  readonly sid: string;
  readonly messageSid: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly createdAt: Date;
}

/** A message as the platform keeps it. */
export interface StoredMessage {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound-api';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly messagingServiceSid: string | null;
  readonly statusCallback: string | null;
  readonly createdAt: Date;
  /** Media of a message to the hub; for one from the hub the URLs that Twilio fetched. */
  readonly media: StoredMedia[];
  readonly mediaUrls: readonly string[];
  status: MessageStatus;
  errorCode: number | null;
  updatedAt: Date;
}

/** How a phone takes what it is sent. */
export interface Fate {
  /** Where the message ends; `sent` means that no carrier receipt ever comes. */
  readonly status: 'delivered' | 'undelivered' | 'failed' | 'sent';
  /** See DELIVERY_ERRORS; for `undelivered` and `failed`. */
  readonly errorCode?: number | undefined;
}

/** One Twilio account with its numbers and everything that passed through it. */
export interface Account {
  readonly sid: string;
  readonly authToken: string;
  /** API keys, SID to secret. They authenticate requests and sign nothing. */
  readonly apiKeys: ReadonlyMap<string, string>;
  /** The account's own phone numbers, E.164. */
  readonly numbers: ReadonlySet<string>;
  /** Messaging services, SID to the number they send from. */
  readonly services: ReadonlyMap<string, string>;
  readonly messages: Map<string, StoredMessage>;
  /** `from number → to number` pairs of customers who wrote STOP. */
  readonly optedOut: Set<string>;
  readonly fates: Map<string, Fate>;
  readonly now: () => Date;
}

/** A SID: two letters and 32 hexadecimal digits. */
export function makeSid(prefix: 'SM' | 'MM' | 'ME' | 'AC' | 'SK' | 'MG'): string {
  return prefix + randomBytes(16).toString('hex');
}

/** The key under which a customer's STOP towards one number of the account is kept. */
export function optOutKey(customer: string, number: string): string {
  return `${customer} → ${number}`;
}
