import type { DeliveryView } from './schemas/messages.js';
import { Work } from '../model/delivery.js';
import type { DeliveryRow } from '../store/deliveries.js';
import type { PartRow } from '../store/delivery-parts.js';

/** A delivery as the outbox shows it. `parts` may hold those of other deliveries too. */
export function deliveryView(row: DeliveryRow, parts: readonly PartRow[]): DeliveryView {
  return {
    id: row.id,
    message: row.message_id,
    conversation: row.conversation_id,
    connection: row.connection_id,
    recipient: row.recipient,
    state: row.state as DeliveryView['state'],
    attempts: row.attempts,
    failure:
      row.failure === null
        ? null
        : (JSON.parse(row.failure) as NonNullable<DeliveryView['failure']>),
    createdAt: new Date(row.created_at).toISOString(),
    nextTryAt: row.work === Work.none ? null : new Date(row.due_at).toISOString(),
    outOfOrder: row.out_of_order === 1,
    parts: parts.filter(({ delivery_id }) => delivery_id === row.id).map(partView),
  };
}

function partView(row: PartRow): DeliveryView['parts'][number] {
  return {
    position: row.position,
    state: row.state as DeliveryView['state'],
    preview: row.preview,
    externalId: row.external_id,
    attempts: row.attempts,
    sentAt: row.sent_at === null ? null : new Date(row.sent_at).toISOString(),
    reason: row.reason,
  };
}
