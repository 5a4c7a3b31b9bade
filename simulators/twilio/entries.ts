import type { Attempt } from '../http/exchange.js';
import type { Ending } from '../http/loopback.js';
import type { MediaFetch } from './media-host.js';

/** Something that Twilio carries to the hub. */
export interface TwilioDelivery {
  readonly kind: 'inbound' | 'status';
  readonly messageSid: string;
  /** The parameters as they are sent. */
  readonly form: Readonly<Record<string, string>>;
}

/** An SMS or MMS as it lies in a customer's phone. */
export interface PhoneMessage {
  readonly number: string;
  readonly from: string;
  readonly body: string;
  /** The files that the hub attached, fetched. */
  readonly files: readonly Buffer[];
}

/** One line of the simulator's books. */
export type TwilioEntry =
  /** The hub called the API. */
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly form: Readonly<Record<string, string>>;
      readonly ending: Ending;
    }
  /** Twilio took a message of the hub: from here on it is on its way to the customer. */
  | {
      readonly kind: 'taken';
      readonly messageSid: string;
      readonly from: string;
      readonly to: string;
      readonly body: string;
    }
  /** One attempt to hand something to the hub. */
  | { readonly kind: 'attempt'; readonly delivery: TwilioDelivery; readonly attempt: Attempt }
  /** A customer's phone got a message. */
  | { readonly kind: 'phone'; readonly message: PhoneMessage }
  | { readonly kind: 'media'; readonly fetch: MediaFetch };
