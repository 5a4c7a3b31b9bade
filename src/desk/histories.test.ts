import fc from 'fast-check';
import { onPostgres } from '../../test/database.js';
import { ANY, COMPARABLE, type History } from '../../test/histories/history.js';
import { play, playPlain, type Playing } from '../../test/histories/play.js';
import { faultsOf, NO_FAULTS } from '../../test/histories/whole.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { DAY } from '../model/time.js';
import type { TicketState } from '../model/ticket-state.js';
import { unmergeTicket } from './graph.js';
import { unjoinPerson } from './persons.js';

/** So many are played side by side on one database. */
const SIDE_BY_SIDE = 50;
const [MERGED, WILD] = onPostgres ? [SIDE_BY_SIDE, SIDE_BY_SIDE] : [1_000, 250];
const TIME = 300_000;

const named = (histories: readonly History[]): readonly Playing<History[number]>[] =>
  histories.map((acts, n) => ({ name: `h${n}`, acts }));

/** Batches of histories, the same every time; of a batch that fails the rows that differ name the history. */
function batches(of: fc.Arbitrary<History>, count: number): readonly (readonly History[])[] {
  const all = fc.sample(of, { numRuns: count, seed: 11 });
  return Array.from({ length: count / SIDE_BY_SIDE }, (_, i) =>
    all.slice(i * SIDE_BY_SIDE, (i + 1) * SIDE_BY_SIDE),
  );
}

const LIVE = "decision = 'same' AND undone_at IS NULL";

/** Un-merges and un-joins everything, the latest first; nothing else may stand on what was done last. */
async function takeAllBack(shop: Workshop): Promise<readonly unknown[]> {
  const at = shop.clock.now();
  const refused: unknown[] = [];
  const tickets = await shop.rows<{ younger: number }>(
    `SELECT younger FROM links WHERE ${LIVE} ORDER BY id DESC`,
  );
  const persons = await shop.rows<{ younger: number }>(
    `SELECT younger FROM person_links WHERE ${LIVE} ORDER BY id DESC`,
  );
  await shop.write(function* () {
    for (const { younger } of tickets) {
      const done = yield* unmergeTicket(younger, { author: 'anna', at, evidence: [] });
      if (done.kind !== 'done') refused.push(done);
    }
    for (const { younger } of persons) {
      const done = yield* unjoinPerson(younger, { who: 'anna', at });
      if (done.kind !== 'done') refused.push(done);
    }
  });
  return refused;
}

/**
 * Everything that is told of tickets, messages, conversations and persons. Not when a ticket was last
 * changed: to be merged and taken out again is a change, and its events stay.
 */
async function told(shop: Workshop): Promise<unknown> {
  const tickets = await shop.rows<{ state: string }>(
    `SELECT id, conversation_id, merged_into, root_id, state, status, assignee, priority, spam, opened_at, last_message_at
     FROM tickets ORDER BY id`,
  );
  return {
    tickets: tickets.map(({ state, ...row }) => {
      const { updatedAt: _, ...rest } = JSON.parse(state) as TicketState;
      return { ...row, state: rest };
    }),
    messages: await shop.rows(
      'SELECT id, ticket_id, conversation_id, direction, kind, at, author, text FROM messages ORDER BY at, id',
    ),
    conversations: await shop.rows(
      'SELECT id, key, person_id, ticket_id, last_in_at, context FROM conversations ORDER BY id',
    ),
    persons: await shop.rows('SELECT id, name, joined_into, root_id FROM persons ORDER BY id'),
    handles: await shop.rows(
      'SELECT kind, scope, value, proof, person_id, shared_at FROM handles ORDER BY id',
    ),
  };
}

async function withShop<T>(task: (shop: Workshop) => Promise<T>): Promise<T> {
  const shop = await openWorkshop();
  try {
    await shop.connect('a');
    return await task(shop);
  } finally {
    await shop.end();
  }
}

test(
  `${MERGED} random histories: with everything un-merged and un-joined each is as if nothing had been merged or joined`,
  async () => {
    for (const histories of batches(COMPARABLE, MERGED)) {
      const { plain, after } = await withShop(async (shop) => {
        const acts = await play(shop, named(histories));
        expect(await faultsOf(shop.store)).toEqual(NO_FAULTS);
        expect(await takeAllBack(shop)).toEqual([]);
        expect(await faultsOf(shop.store)).toEqual(NO_FAULTS);
        return { plain: acts, after: await told(shop) };
      });
      const never = await withShop(async (shop) => {
        await playPlain(shop, plain);
        return told(shop);
      });
      expect(after).toEqual(never);
    }
  },
  TIME,
);

test(
  `${WILD} random histories of anything: trees without a cycle, no message without its ticket, every state the fold of its events`,
  async () => {
    for (const histories of batches(ANY, WILD)) {
      await withShop(async (shop) => {
        await play(shop, named(histories), 3 * DAY);
        expect(await faultsOf(shop.store)).toEqual(NO_FAULTS);
        const refused = await takeAllBack(shop);
        // A member that a split has emptied stays, and so does what keeps its place by it.
        for (const { why } of refused as readonly { why: { en: string } }[]) {
          expect(why.en).toMatch(/nothing would be left|take \d+ out first/);
        }
        expect(await faultsOf(shop.store)).toEqual(NO_FAULTS);
      });
    }
  },
  TIME,
);
