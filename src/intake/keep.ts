/**
 * Called by: file, for every draft that says something.
 * Given: a draft that is being filed, and where it belongs.
 * Leaves behind: its message with the attachments it names; for what opens no ticket, a word on the ticket it is about.
 */
import { conversationOf, type Circumstances } from './identify.js';
import { keptOn } from './place.js';
import { isSaidBlocked } from './who-speaks.js';
import { recordEvent } from '../desk/graph.js';
import type { Draft } from '../model/draft.js';
import { layOpening } from '../model/reply-context.js';
import type { EffectiveTime } from '../model/time.js';
import { contextOf, setContext } from '../store/conversations.js';
import type { WaitingDraft } from '../store/drafts.js';
import { insertAttachment, insertMessage } from '../store/messages.js';
import { markRefusal } from '../store/refusals.js';
import type { Work } from '../store/work.js';

/** A draft on its way to its place. */
export interface Placing {
  readonly row: WaitingDraft;
  readonly draft: Draft;
  readonly group: number;
  /** Milliseconds UTC. */
  readonly now: number;
  /** When it was said, as far as that is believed. */
  readonly time: EffectiveTime;
}

export function* insertMessageOf(
  { row, draft, time }: Placing,
  ticket: number,
  conversation: number,
): Work<number> {
  const message = yield* insertMessage({
    ticket_id: ticket,
    conversation_id: conversation,
    draft_id: row.id,
    direction: 'in',
    kind: draft.kind,
    at: time.at,
    corrected: Number(time.corrected),
    received_at: Date.parse(draft.receivedAt),
    author: draft.sender.handle,
    author_name: draft.sender.name,
    subject: draft.subject,
    text: draft.text,
    html: draft.html,
    visibility: draft.visibility,
  });
  for (const { ref, name, type, size } of draft.attachments) {
    yield* insertAttachment({
      message_id: message,
      envelope_id: row.envelope_id,
      connection_id: draft.connection,
      ref,
      name,
      type,
      size,
      sha256: null,
      state: 'pending',
    });
  }
  return message;
}

/**
 * Automatic mails and platform events never open, reopen or answer anything; they are kept where they belong,
 * what comes of somebody who is blocked among the spam or with its draft alone.
 */
export function* keep(placing: Placing & Pick<Circumstances, 'region' | 'threadless'>): Work<void> {
  const { draft, group, now } = placing;
  const { connection, channel, sender } = draft;
  const { optedOut } = draft.fields;
  if (optedOut !== undefined) {
    const address = { group_id: group, channel, connection_id: connection, handle: sender.handle };
    yield* markRefusal(address, optedOut === 'yes' ? 'optedOut' : null, now);
  }
  const { opens } = draft.replyContext;
  if (saysNothing(draft) && opens === undefined) return;
  const conversation = yield* conversationOf(draft, placing);
  if (conversation !== undefined && opens !== undefined) {
    const seenAt = Math.min(placing.time.at, Date.parse(draft.receivedAt));
    yield* setContext(conversation.id, layOpening(contextOf(conversation), opens, seenAt));
  }
  if (saysNothing(draft) || conversation === undefined) return;
  const isBlocked = yield* isSaidBlocked(draft, conversation, placing);
  const ticket = yield* keptOn({ conversation, isBlocked });
  if (ticket === undefined) return;
  const message = yield* insertMessageOf(placing, ticket.id, conversation.id);
  yield* recordEvent(
    ticket,
    { type: 'kept', data: { message, kind: draft.kind } },
    now,
    'customer',
  );
}

/** A platform's word on its own doings ("queued") has nothing to show: the draft keeps it. */
const saysNothing = ({ subject, text, html, attachments }: Draft): boolean =>
  text === '' && subject === null && html === null && attachments.length === 0;
