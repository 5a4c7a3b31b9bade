import { startShop, type ShopOptions, type ShopSimulator } from '../../simulators/shop/shop.js';
import type { Desk } from './desk.js';

/** What the hub signs its replies with towards every shop. */
export const HUB_KEY = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

export interface Shop extends ShopSimulator {
  /** The connection's id. */
  readonly connection: string;
  /** The texts of the replies that the shop took, in order. */
  answers(): readonly string[];
}

export interface ShopDetails {
  readonly shop?: ShopOptions;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The hub's public address, where it has one. */
  readonly hubUrl?: string;
  /** Credentials, told the shop's own keys. */
  readonly credentials?: (shop: ShopSimulator) => Readonly<Record<string, unknown>>;
}

/** A shop of somebody's own, connected by the webhook connector; both check each other's signatures. */
export async function connectShop(desk: Desk, details: ShopDetails = {}): Promise<Shop> {
  const now = (): Date => new Date(desk.clock.now());
  const shop = await startShop({ hubKey: HUB_KEY, now, ...details.shop });
  const credentials = details.credentials?.(shop) ?? { secret: shop.secret };
  const { id, hookUrl } = await desk.connect({
    connector: 'webhook',
    name: 'Our shop',
    settings: { sendUrl: `${shop.url}/cases/{{conversation.key}}/replies`, ...details.settings },
    credentials: { sendSecret: HUB_KEY, ...credentials },
  });
  shop.setHook((hookUrl ?? '').replace(details.hubUrl ?? desk.hub.url, desk.hub.url));
  await desk.opened(id);
  return Object.assign(shop, { connection: id, answers: () => textsOf(shop) });
}

function textsOf(shop: ShopSimulator): readonly string[] {
  return shop.replies.map(
    ({ body }) => (JSON.parse(body) as { readonly data: { readonly text: string } }).data.text,
  );
}
