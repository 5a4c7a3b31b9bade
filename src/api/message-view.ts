import { attachmentView } from './attachment-view.js';
import { deliveryView } from './delivery-view.js';
import type { MessageView } from './schemas/messages.js';
import { deliveriesOfMessages, type DeliveryRow } from '../store/deliveries.js';
import { partsOfDeliveries, type PartRow } from '../store/delivery-parts.js';
import type { ConversationRow } from '../store/conversations.js';
import { attachmentsOfMessages, type AttachmentRow, type MessageRow } from '../store/messages.js';
import { conversationsByIds } from '../store/ticket-views.js';
import type { Work } from '../store/work.js';

/** Messages with everything that belongs to them, as the database has it; HTML is not yet made safe. */
export function* viewMessages(rows: readonly MessageRow[]): Work<MessageView[]> {
  const ids = rows.map(({ id }) => id);
  const deliveries = yield* deliveriesOfMessages(ids);
  const parts = yield* partsOfDeliveries(deliveries.map(({ id }) => id));
  const attachments = yield* attachmentsOfMessages(ids);
  const conversations = yield* conversationsByIds([
    ...new Set(rows.map(({ conversation_id }) => conversation_id)),
  ]);
  const known: Known = { deliveries, parts, attachments, conversations };
  return rows.map((row) => messageView(known, row));
}

interface Known {
  readonly deliveries: readonly DeliveryRow[];
  readonly parts: readonly PartRow[];
  readonly attachments: readonly AttachmentRow[];
  readonly conversations: readonly ConversationRow[];
}

function messageView(known: Known, row: MessageRow): MessageView {
  const conversation =
    row.direction === 'note'
      ? undefined
      : known.conversations.find(({ id }) => id === row.conversation_id);
  return {
    id: row.id,
    ticket: row.ticket_id,
    conversation: conversation?.id ?? null,
    connection: conversation?.connection_id ?? null,
    channel: conversation?.channel ?? null,
    direction: row.direction,
    kind: row.kind,
    at: new Date(row.at).toISOString(),
    corrected: row.corrected === 1,
    receivedAt: new Date(row.received_at).toISOString(),
    author: row.author,
    authorName: row.author_name,
    subject: row.subject,
    text: row.text,
    html: row.html,
    visibility: row.visibility as MessageView['visibility'],
    state: row.state as MessageView['state'],
    deliveries: known.deliveries
      .filter(({ message_id }) => message_id === row.id)
      .map((delivery) => deliveryView(delivery, known.parts)),
    attachments: known.attachments
      .filter(({ message_id }) => message_id === row.id)
      .map(attachmentView),
  };
}
