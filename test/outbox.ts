import type { DeliveryState } from '../src/model/reply.js';
import type { Workshop } from './workshop.js';

/** What a test asks of a delivery. */
export interface SeenDelivery {
  readonly id: number;
  readonly state: DeliveryState;
  readonly work: number;
  readonly due_at: number;
  readonly attempts: number;
  readonly failure: string | null;
  readonly out_of_order: number;
}

export interface SeenPart {
  readonly id: number;
  readonly key: string;
  readonly state: string;
  readonly external_id: string | null;
  readonly attempts: number;
  readonly reason: string | null;
}

/** Queues a reply and gives its delivery; fails the test when it was refused. */
export async function queueReply(shop: Workshop, ticket: number, text: string): Promise<number> {
  const composed = await shop.reply(ticket, text);
  if (composed.kind !== 'queued') throw new Error(`refused: ${JSON.stringify(composed)}`);
  return composed.delivery;
}

export async function delivery(shop: Workshop, id: number): Promise<SeenDelivery> {
  const [row] = await shop.rows<SeenDelivery>('SELECT * FROM deliveries WHERE id = ?', id);
  if (row === undefined) throw new Error(`there is no delivery ${id}`);
  return row;
}

export const stateOf = async (shop: Workshop, id: number): Promise<DeliveryState> =>
  (await delivery(shop, id)).state;

export function parts(shop: Workshop, id: number): Promise<readonly SeenPart[]> {
  return shop.rows<SeenPart>(
    'SELECT * FROM delivery_parts WHERE delivery_id = ? ORDER BY position',
    id,
  );
}

/** What the ticket's timeline says of its deliveries, in order. */
export async function told(shop: Workshop, ticket: number): Promise<readonly string[]> {
  const rows = await shop.rows<{ data: string }>(
    "SELECT data FROM events WHERE ticket_id = ? AND type = 'delivery' ORDER BY id",
    ticket,
  );
  return rows.map(({ data }) => (JSON.parse(data) as { state: string }).state);
}
