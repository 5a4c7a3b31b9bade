import type { Json } from '../faults.js';
import type { Attempt } from '../http/exchange.js';
import type { Ending } from '../http/loopback.js';

/** What WeChat says of one push: names and values, in WeChat's order. */
export type PushFields = Readonly<Record<string, string | number>>;

/** Something that WeChat carries to the hub. */
export interface WechatDelivery {
  readonly openid: string;
  readonly fields: PushFields;
}

/** A message of the account as it lies in a customer's chat. */
export interface ChatMessage {
  readonly openid: string;
  readonly type: string;
  /** Words of a text, else empty. */
  readonly text: string;
  /** The file of a picture, voice or video. */
  readonly file: Buffer | null;
}

/** One line of the simulator's books. */
export type WechatEntry =
  /** The hub called the API. */
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly body: Json;
      readonly ending: Ending;
    }
  /** An access token was handed out; `isNew`: one that was not there before. */
  | { readonly kind: 'token'; readonly isNew: boolean; readonly forced: boolean }
  /** WeChat took a message of the hub, and the customer has it. */
  | { readonly kind: 'taken'; readonly message: ChatMessage }
  /** One attempt to hand a push to the hub. */
  | { readonly kind: 'attempt'; readonly delivery: WechatDelivery; readonly attempt: Attempt }
  /** Nobody took the push: the customer is told that the service is not available. */
  | { readonly kind: 'apology'; readonly openid: string };
