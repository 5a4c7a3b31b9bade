/**
 * A process of its own that merges, takes out and speaks at random, as `merging.test.ts` starts two of
 * them on one database: `node merging-process.js URL SEED TICKETS PERSONS`, ids with commas.
 */
import { mergeTickets, recordEvent, unmergeTicket } from '../../src/desk/graph.js';
import { joinPersons, unjoinPerson } from '../../src/desk/persons.js';
import { openPostgres } from '../../src/store/postgres.js';
import { ticketById } from '../../src/store/tickets.js';
import type { Work } from '../../src/store/work.js';

const LANES = 4;
const ACTS = 60;

const [, , url = '', seed = '1', tickets = '', persons = ''] = process.argv;
const numbers = (list: string): readonly number[] => list.split(',').map(Number);
let chance = Number(seed);
/** The same numbers for the same seed. */
const upTo = (n: number): number => (chance = (chance * 48_271) % 2_147_483_647) % n;
const oneOf = (list: readonly number[]): number => list[upTo(list.length)] ?? 0;

const store = openPostgres(url);
const decision = { author: `process ${seed}`, at: 5_000, evidence: [] };

function* speak(id: number, message: number): Work<void> {
  const row = yield* ticketById(id);
  if (row === undefined) return;
  const data = { message, at: message, excerpt: `word ${message}` };
  yield* recordEvent(row, { type: 'received', data }, message, 'customer');
}

function act(message: number): () => Work<unknown> {
  const [one, other] = [oneOf(numbers(tickets)), oneOf(numbers(tickets))];
  const [anna, berta] = [oneOf(numbers(persons)), oneOf(numbers(persons))];
  switch (upTo(6)) {
    case 0:
    case 1:
      return () => mergeTickets(one, other, decision);
    case 2:
      return () => unmergeTicket(one, decision);
    case 3:
      return () => joinPersons(anna, berta, decision);
    case 4:
      return () => unjoinPerson(anna, { who: decision.author, at: decision.at });
    default:
      return () => speak(one, message);
  }
}

const lanes = Array.from({ length: LANES }, async (_, lane) => {
  for (let n = 0; n < ACTS; n += 1) {
    await store.write(act(10_000 + Number(seed) * 100_000 + lane * 1_000 + n));
  }
});
await Promise.all(lanes);
await store.close();
