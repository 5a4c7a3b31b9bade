import type { TicketState } from '../model/ticket-state.js';
import {
  listRoots,
  lowerAscii,
  rootsSaying,
  type ListedRow,
  type ListPlace,
  type TicketFilter,
} from '../store/ticket-views.js';
import type { Work } from '../store/work.js';

/** One request looks at this many tickets for its words, then hands back where to go on. */
const LOOKED_AT = 2_000;
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
  if (asked.words !== null) return yield* searchTickets(asked, asked.words);
  const rows = yield* listRoots(asked.filter, asked.after, asked.limit + 1);
  const page = rows.slice(0, asked.limit);
  return {
    roots: page.map(({ id }) => id),
    next: rows.length > page.length ? placeOf(page) : null,
  };
}

/** Looks through the tickets in their order, a bounded number a request. */
function* searchTickets(asked: TicketsAsked, words: string): Work<TicketsFound> {
  const roots: number[] = [];
  let { after } = asked;
  for (let looked = 0; looked < LOOKED_AT; looked += BATCH) {
    const rows = yield* listRoots(asked.filter, after, BATCH);
    const saying = yield* rootsSaying(
      rows.map(({ id }) => id),
      words,
    );
    for (const row of rows) {
      if (roots.length === asked.limit) return { roots, next: after };
      after = { lastMessageAt: row.last_message_at, id: row.id };
      if (saying.has(row.id) || showsWords(row, words)) roots.push(row.id);
    }
    if (rows.length < BATCH) return { roots, next: null };
  }
  return { roots, next: after };
}

function showsWords({ state }: ListedRow, words: string): boolean {
  const { subject, lastMessage } = JSON.parse(state) as TicketState;
  const wanted = lowerAscii(words);
  return [subject, lastMessage?.excerpt].some((text) => lowerAscii(text ?? '').includes(wanted));
}

function placeOf(page: readonly ListedRow[]): ListPlace | null {
  const last = page.at(-1);
  return last === undefined ? null : { lastMessageAt: last.last_message_at, id: last.id };
}
