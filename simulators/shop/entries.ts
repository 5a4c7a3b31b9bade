import type { Attempt } from '../http/exchange.js';
import type { Ending } from '../http/loopback.js';

/** An event on its way to the hub. */
export interface ShopDelivery {
  /** `webhook-id`: stays the same when the event is sent again. */
  readonly id: string;
  readonly body: Buffer;
}

/** One line of the shop's books. */
export type ShopEntry =
  /** One attempt to hand an event to the hub. */
  | { readonly kind: 'attempt'; readonly delivery: ShopDelivery; readonly attempt: Attempt }
  /** The hub called. */
  | {
      readonly kind: 'request';
      readonly path: string;
      readonly body: string;
      readonly ending: Ending;
    }
  /** The shop took a reply. `repeated`: it had this `webhook-id` already and did nothing more. */
  | {
      readonly kind: 'taken';
      readonly id: string;
      readonly body: string;
      readonly repeated: boolean;
    };
