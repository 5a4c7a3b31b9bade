import type { TicketState } from '../model/ticket-state.js';
import {
  listRoots,
  lowerAscii,
  placeBehind,
  rootsSaying,
  type ListedRow,
  type ListPlace,
  type TicketFilter,
} from '../store/ticket-views.js';
import type { Work } from '../store/work.js';

/** One request looks at this many tickets for what it asks, then hands back where to go on. */
const LOOKED_AT = 50_000;
/** Words are looked for in whole messages, so in fewer. */
const READ_THROUGH = 1_000;
const BATCH = 250;

export interface TicketsAsked {
  readonly filter: TicketFilter;
  /** Words to be found in subject, excerpt or messages; null: none. */
  readonly words: string | null;
  readonly after: ListPlace | null;
  readonly limit: number;
}

export interface TicketsFound {
  readonly roots: readonly number[];
  /** Null: there are no more. A page of a search may be short and still have a next one. */
  readonly next: ListPlace | null;
}

/** A page of roots, the latest word first. */
export function* findTickets(asked: TicketsAsked): Work<TicketsFound> {
  const { filter, words, after, limit } = asked;
  if (words !== null) return yield* searchTickets(asked, words);
  const until = isNarrow(filter) ? yield* placeBehind(after, LOOKED_AT) : null;
  const rows = yield* listRoots(filter, { after, until }, limit + 1);
  const page = rows.slice(0, limit);
  const next = rows.length > page.length ? placeOf(page.at(-1)) : until;
  return { roots: page.map(({ id }) => id), next };
}

/** A filter that few tickets pass would otherwise be looked for to the end of the list. */
function isNarrow({ statuses, channel, assignee, priority, spam }: TicketFilter): boolean {
  return statuses.length > 0 || spam || [channel, assignee, priority].some((one) => one !== null);
}

/** Looks through the tickets in their order, a bounded number a request. */
function* searchTickets({ filter, after, limit }: TicketsAsked, words: string): Work<TicketsFound> {
  const until = yield* placeBehind(after, READ_THROUGH);
  const roots: number[] = [];
  for (let seen = after; ;) {
    const rows = yield* listRoots(filter, { after: seen, until }, BATCH);
    const saying = yield* rootsSaying(
      rows.map(({ id }) => id),
      words,
    );
    for (const row of rows) {
      if (roots.length === limit) return { roots, next: seen };
      seen = placeOf(row);
      if (saying.has(row.id) || showsWords(row, words)) roots.push(row.id);
    }
    if (rows.length < BATCH) return { roots, next: until };
  }
}

function showsWords({ state }: ListedRow, words: string): boolean {
  const { subject, lastMessage } = JSON.parse(state) as TicketState;
  const wanted = lowerAscii(words);
  return [subject, lastMessage?.excerpt].some((text) => lowerAscii(text ?? '').includes(wanted));
}

function placeOf(row: ListedRow | undefined): ListPlace | null {
  return row === undefined ? null : { lastMessageAt: row.last_message_at, id: row.id };
}
