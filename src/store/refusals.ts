import { isUniversalHandle, plainHandle } from '../model/identity.js';
import type { ConversationRow } from './conversations.js';
import { get, insert, run, type Work } from './work.js';

/** What a platform said of an address: nobody is there any more, or its owner wants no messages. */
export type HandleRefusal = 'recipientGone' | 'optedOut';

/** Where an address is known: a mailbox or phone number on its whole channel, any other id on its connection. */
export type Address = Pick<ConversationRow, 'group_id' | 'channel' | 'connection_id' | 'handle'>;

const scopeOf = ({ channel, connection_id, handle }: Address): string =>
  isUniversalHandle(handle) ? `channel ${channel}` : `connection ${connection_id}`;

/** Null: the owner is back. */
export function* markRefusal(
  address: Address,
  refusal: HandleRefusal | null,
  now: number,
): Work<void> {
  const [scope, value] = [scopeOf(address), plainHandle(address.handle)];
  yield* run(
    'DELETE FROM refusals WHERE group_id = ? AND scope = ? AND value = ?',
    address.group_id,
    scope,
    value,
  );
  if (refusal === null) return;
  yield* insert(
    'INSERT INTO refusals (group_id, scope, value, refusal, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    address.group_id,
    scope,
    value,
    refusal,
    now,
  );
}

export function* refusalOf(address: Address): Work<HandleRefusal | null> {
  const row = yield* get<{ refusal: HandleRefusal }>(
    'SELECT refusal FROM refusals WHERE group_id = ? AND scope = ? AND value = ?',
    address.group_id,
    scopeOf(address),
    plainHandle(address.handle),
  );
  return row?.refusal ?? null;
}
