import { all, get, idList, insert, run, textList, type Work } from './work.js';

export interface MessageRow {
  readonly id: number;
  readonly ticket_id: number;
  readonly conversation_id: number;
  readonly draft_id: number | null;
  readonly direction: 'in' | 'out' | 'note';
  readonly kind: string;
  readonly at: number;
  readonly corrected: number;
  readonly received_at: number;
  readonly author: string;
  readonly author_name: string | null;
  readonly subject: string | null;
  readonly text: string;
  readonly html: string | null;
  readonly visibility: string;
  readonly state: string | null;
}

const COLUMNS =
  'id, ticket_id, conversation_id, draft_id, direction, kind, at, corrected, received_at, author, author_name, subject, text, html, visibility, state';

export function* insertMessage(row: Omit<MessageRow, 'id' | 'state'>): Work<number> {
  return yield* insert(
    `INSERT INTO messages (ticket_id, conversation_id, draft_id, direction, kind, at, corrected, received_at, author, author_name, subject, text, html, visibility)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.ticket_id,
    row.conversation_id,
    row.draft_id,
    row.direction,
    row.kind,
    row.at,
    row.corrected,
    row.received_at,
    row.author,
    row.author_name,
    row.subject,
    row.text,
    row.html,
    row.visibility,
  );
}

export function* messageById(id: number): Work<MessageRow | undefined> {
  return yield* get<MessageRow>(`SELECT ${COLUMNS} FROM messages WHERE id = ?`, id);
}

/** Edits and recalls are rare: the conversation's messages are looked through rather than indexed once more. */
export function* messageOfDraft(conversation: number, draft: number): Work<MessageRow | undefined> {
  return yield* get<MessageRow>(
    `SELECT ${COLUMNS} FROM messages WHERE conversation_id = ? AND draft_id = ?`,
    conversation,
    draft,
  );
}

/** The merged timeline of several tickets, by the time each message was said; `after` is the last one seen. */
export function* messagesOfTickets(
  tickets: readonly number[],
  after: { readonly at: number; readonly id: number },
  limit: number,
): Work<readonly MessageRow[]> {
  return yield* all<MessageRow>(
    `SELECT ${COLUMNS} FROM messages WHERE ticket_id IN {ids} AND (at, id) > (?, ?) ORDER BY at, id LIMIT ?`,
    idList(tickets),
    after.at,
    after.id,
    limit,
  );
}

/** What customers said on a ticket, in these kinds of messages: of a long thread how it began and how it goes on. */
export function* tellingMessagesOf(
  ticket: number,
  kinds: readonly string[],
  { first, latest }: { readonly first: number; readonly latest: number },
): Work<readonly MessageRow[]> {
  const [told, list] = [
    `SELECT id FROM messages WHERE ticket_id = ? AND direction = 'in' AND kind IN {texts}`,
    textList(kinds),
  ];
  return yield* all<MessageRow>(
    `SELECT ${COLUMNS} FROM messages WHERE id IN (SELECT id FROM (${told} ORDER BY at, id LIMIT ?) AS b)
       OR id IN (SELECT id FROM (${told} ORDER BY at DESC, id DESC LIMIT ?) AS e) ORDER BY at, id`,
    ticket,
    list,
    first,
    ticket,
    list,
    latest,
  );
}

export function* messagesByIds(ids: readonly number[]): Work<readonly MessageRow[]> {
  return yield* all<MessageRow>(
    `SELECT ${COLUMNS} FROM messages WHERE id IN {ids} ORDER BY at, id`,
    idList(ids),
  );
}

/** The last message of a ticket or a conversation, leaving some out. */
export function* lastMessageOf(
  where: { readonly ticket: number } | { readonly conversation: number },
  without: readonly number[],
): Work<MessageRow | undefined> {
  const [column, id] =
    'ticket' in where ? ['ticket_id', where.ticket] : ['conversation_id', where.conversation];
  return yield* get<MessageRow>(
    `SELECT ${COLUMNS} FROM messages WHERE ${column} = ? AND id NOT IN {ids} ORDER BY at DESC, id DESC LIMIT 1`,
    id,
    idList(without),
  );
}

/** They stand on that ticket now. */
export function* moveMessages(ids: readonly number[], ticket: number): Work<void> {
  yield* run('UPDATE messages SET ticket_id = ? WHERE id IN {ids}', ticket, idList(ids));
}

/** An edit keeps who said it; the earlier words stand in the draft of the original. */
export function* amendMessage(id: number, text: string, html: string | null): Work<void> {
  yield* run(
    `UPDATE messages SET text = ?, html = ?, state = 'edited' WHERE id = ?`,
    text,
    html,
    id,
  );
}

const RECALLED = `subject = NULL, text = '', html = NULL, state = 'recalled'`;

export function* redactMessage(id: number): Work<void> {
  yield* run(`UPDATE messages SET ${RECALLED} WHERE id = ?`, id);
}

/** Edits that were kept as messages of their own say again what was taken back; `about`: the platform's id of it. */
export function* redactKeptEdits(
  { conversation_id }: Pick<MessageRow, 'conversation_id'>,
  connection: string,
  about: string,
): Work<void> {
  yield* run(
    `UPDATE messages SET ${RECALLED} WHERE conversation_id = ? AND kind = 'edit'
       AND EXISTS (SELECT 1 FROM drafts d WHERE d.id = messages.draft_id AND d.connection_id = ? AND d.about = ?)`,
    conversation_id,
    connection,
    about,
  );
}

export interface AttachmentRow {
  readonly id: number;
  readonly message_id: number | null;
  readonly envelope_id: number | null;
  readonly connection_id: string | null;
  readonly ref: string | null;
  readonly name: string | null;
  readonly type: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
  readonly state: string;
  readonly attempts: number;
}

const ATTACHMENT =
  'id, message_id, envelope_id, connection_id, ref, name, type, size, sha256, state, attempts';

export function* insertAttachment(row: Omit<AttachmentRow, 'id' | 'attempts'>): Work<number> {
  return yield* insert(
    'INSERT INTO attachments (message_id, envelope_id, connection_id, ref, name, type, size, sha256, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    row.message_id,
    row.envelope_id,
    row.connection_id,
    row.ref,
    row.name,
    row.type,
    row.size,
    row.sha256,
    row.state,
  );
}

/** Takes what is due and what nobody else is fetching, for this process until then. */
export function* claimAttachments(
  now: number,
  until: number,
  limit: number,
): Work<readonly AttachmentRow[]> {
  const due = yield* all<AttachmentRow>(
    `SELECT ${ATTACHMENT} FROM attachments WHERE state = 'pending' AND due_at <= ? AND lease_until <= ? ORDER BY due_at, id LIMIT ?`,
    now,
    now,
    limit,
  );
  const claimed: AttachmentRow[] = [];
  for (const row of due) {
    const taken = yield* run(
      // Another may have tried it in the meantime and given it back for later.
      "UPDATE attachments SET lease_until = ? WHERE id = ? AND state = 'pending' AND due_at <= ? AND lease_until <= ?",
      until,
      row.id,
      now,
      now,
    );
    if (taken > 0) claimed.push(row);
  }
  return claimed;
}

export function* storeAttachment(
  id: number,
  file: { sha256: string; size: number; type: string; name: string | null },
): Work<void> {
  yield* run(
    `UPDATE attachments SET state = 'stored', sha256 = ?, size = ?, type = ?, name = COALESCE(name, ?), reason = NULL WHERE id = ? AND state = 'pending'`,
    file.sha256,
    file.size,
    file.type,
    file.name,
    id,
  );
}

export function* postponeAttachment(
  id: number,
  attempts: number,
  dueAt: number,
  reason: string,
): Work<void> {
  yield* run(
    "UPDATE attachments SET attempts = ?, due_at = ?, lease_until = 0, reason = ? WHERE id = ? AND state = 'pending'",
    attempts,
    dueAt,
    reason,
    id,
  );
}

export function* closeAttachment(
  id: number,
  state: 'expired' | 'failed',
  reason: string,
): Work<void> {
  yield* run(
    "UPDATE attachments SET state = ?, reason = ? WHERE id = ? AND state = 'pending'",
    state,
    reason,
    id,
  );
}

export function* attachmentsOfMessages(
  messages: readonly number[],
): Work<readonly AttachmentRow[]> {
  return yield* all<AttachmentRow>(
    `SELECT ${ATTACHMENT} FROM attachments WHERE message_id IN {ids} ORDER BY id`,
    `[${messages.join(',')}]`,
  );
}

export function* attachmentById(id: number): Work<AttachmentRow | undefined> {
  return yield* get<AttachmentRow>(`SELECT ${ATTACHMENT} FROM attachments WHERE id = ?`, id);
}

export function* attachmentsByIds(ids: readonly number[]): Work<readonly AttachmentRow[]> {
  return yield* all<AttachmentRow>(
    `SELECT ${ATTACHMENT} FROM attachments WHERE id IN {ids} ORDER BY id`,
    idList(ids),
  );
}

export function* attachToMessage(attachment: number, message: number): Work<boolean> {
  return (
    (yield* run(
      'UPDATE attachments SET message_id = ? WHERE id = ? AND message_id IS NULL',
      message,
      attachment,
    )) > 0
  );
}
