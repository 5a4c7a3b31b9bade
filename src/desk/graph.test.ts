import fc from 'fast-check';
import { openTestStore, type TestStore } from '../../test/database.js';
import { openTickets } from '../../test/histories/tickets.js';
import type { TicketState } from '../model/ticket-state.js';
import { componentOf, linksOf, ticketById } from '../store/tickets.js';
import { run, type Work } from '../store/work.js';
import {
  mergeTickets,
  ownState,
  previewUnmerge,
  recordEvent,
  rootOf,
  unmergeTicket,
} from './graph.js';

let test_: TestStore;
beforeAll(async () => {
  test_ = await openTestStore();
});
afterAll(() => test_.end());

const by = { author: 'anna', at: 5_000, evidence: [] };

const write = <T>(work: () => Work<T>): Promise<T> => test_.store.write(work);
const stateOf = async (id: number): Promise<TicketState> =>
  JSON.parse((await write(() => ticketById(id)))?.state ?? 'null') as TicketState;

test('either direction of a merge keeps the older ticket as root', async () => {
  const [a = 0, b = 0, c = 0, d = 0] = await write(() => openTickets(4));
  expect(await write(() => mergeTickets(b, a, by))).toBe(a);
  expect(await write(() => mergeTickets(c, d, by))).toBe(c);
  expect(await write(() => mergeTickets(d, b, by))).toBe(a);
  expect((await write(() => rootOf(d)))?.id).toBe(a);
  expect((await write(() => ticketById(d)))?.merged_into).toBe(c);
});

test('two merges in opposite directions at once make one root and no cycle', async () => {
  const [a = 0, b = 0] = await write(() => openTickets(2));
  const roots = await Promise.all([
    write(() => mergeTickets(a, b, by)),
    write(() => mergeTickets(b, a, by)),
  ]);
  expect(roots).toEqual([a, a]);
  expect(
    (await write(() => linksOf([a, b]))).filter(({ decision }) => decision === 'same'),
  ).toHaveLength(1);
});

test('the database refuses an edge from an older to a younger ticket', async () => {
  const [a = 0, b = 0] = await write(() => openTickets(2));
  await expect(
    write(() => run('UPDATE tickets SET merged_into = ? WHERE id = ?', b, a)),
  ).rejects.toThrow(/check|constraint/i);
});

test('what was done to a member while it was merged stays with the member', async () => {
  const [a = 0, b = 0] = await write(() => openTickets(2));
  await write(() => mergeTickets(a, b, by));
  const member = await write(() => ticketById(b));
  await write(function* () {
    if (member !== undefined) {
      yield* recordEvent(
        member,
        { type: 'received', data: { message: 9, at: 6_000, excerpt: 'and another thing' } },
        6_000,
        'customer',
      );
    }
  });
  expect((await stateOf(a)).lastMessage?.excerpt).toBe('and another thing');
  const preview = await write(() => previewUnmerge(b));
  await write(() => unmergeTicket(b, by));
  expect((await stateOf(a)).lastMessage).toBeNull();
  expect((await stateOf(b)).lastMessage?.excerpt).toBe('and another thing');
  expect(preview).toMatchObject({ ticket: { lastMessage: (await stateOf(b)).lastMessage } });
});

test('un-merging keeps what hangs below and remembers that the two differ', async () => {
  const [a = 0, b = 0, c = 0] = await write(() => openTickets(3));
  await write(() => mergeTickets(b, c, by));
  await write(() => mergeTickets(a, b, by));
  await write(() => unmergeTicket(b, by));
  expect((await write(() => componentOf(b))).map(({ id }) => id)).toEqual([b, c]);
  expect((await write(() => componentOf(a))).map(({ id }) => id)).toEqual([a]);
  const links = await write(() => linksOf([b]));
  expect(links.map(({ decision, undone_at }) => [decision, undone_at !== null])).toEqual([
    ['same', false],
    ['same', true],
    ['different', false],
  ]);
});

test('a ticket that is no member cannot be taken out, nor one that is not there', async () => {
  const [a = 0] = await write(() => openTickets(1));
  const refused = {
    kind: 'conflict',
    why: { en: expect.stringContaining('is not merged') as string },
  };
  expect(await write(() => unmergeTicket(a, by))).toMatchObject(refused);
  expect(await write(() => previewUnmerge(a))).toMatchObject(refused);
  expect(await write(() => unmergeTicket(999_999, by))).toEqual({ kind: 'unknown' });
  expect(await write(() => previewUnmerge(999_999))).toEqual({ kind: 'unknown' });
});

describe('what is merged because of a member', () => {
  test('stands below it, and goes with it when it is taken out', async () => {
    const [a = 0, b = 0, c = 0] = await write(() => openTickets(3));
    await write(() => mergeTickets(a, b, by));
    await write(() => mergeTickets(b, c, by));
    expect((await write(() => ticketById(c)))?.merged_into).toBe(b);
    await write(() => unmergeTicket(b, by));
    expect((await write(() => componentOf(b))).map(({ id }) => id)).toEqual([b, c]);
  });

  test('stands above it where it is older, and must be taken out first', async () => {
    const [a = 0, b = 0, c = 0] = await write(() => openTickets(3));
    await write(() => mergeTickets(a, c, by));
    await write(() => mergeTickets(c, b, by));
    expect((await write(() => ticketById(b)))?.merged_into).toBe(a);
    expect(await write(() => unmergeTicket(c, by))).toMatchObject({
      kind: 'conflict',
      why: { en: expect.stringContaining(`take ${b} out first`) as string },
    });
    await write(() => unmergeTicket(b, by));
    expect(await write(() => unmergeTicket(c, by))).toEqual({ kind: 'done', from: a });
  });

  test('brings its root along, which must be taken out before it', async () => {
    const [a = 0, b = 0, c = 0] = await write(() => openTickets(3));
    await write(() => mergeTickets(b, c, by));
    await write(() => mergeTickets(a, c, by));
    expect((await write(() => ticketById(b)))?.merged_into).toBe(a);
    expect(await write(() => unmergeTicket(c, by))).toMatchObject({ kind: 'conflict' });
    expect(await write(() => unmergeTicket(b, by))).toEqual({ kind: 'done', from: a });
    expect(await write(() => unmergeTicket(c, by))).toEqual({ kind: 'done', from: b });
  });
});

test('property: merges undone in reverse give every ticket back exactly as it was', async () => {
  const pairs = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(pairs, async (merges) => {
      const ids = await write(() => openTickets(6));
      const before = await Promise.all(ids.map((id) => write(() => ownState(id))));
      const undo: number[] = [];
      for (const [x, y] of merges) undo.push(...(await merged(ids[x] ?? 0, ids[y] ?? 0)));
      for (const younger of undo.reverse()) await write(() => unmergeTicket(younger, by));
      for (const [i, id] of ids.entries()) {
        const row = await write(() => ticketById(id));
        const { updatedAt: _now, ...state } = JSON.parse(row?.state ?? '{}') as TicketState;
        const { updatedAt: _then, ...was } = before[i] as TicketState;
        expect([row?.merged_into, row?.root_id, state]).toEqual([null, null, was]);
      }
    }),
    { numRuns: 25, seed: 7 },
  );
});

/** Merges, and names what has to be un-merged to undo it: nothing when the two were one already. */
async function merged(one: number, other: number): Promise<readonly number[]> {
  const roots = [await write(() => rootOf(one)), await write(() => rootOf(other))];
  await write(() => mergeTickets(one, other, by));
  const [a = 0, b = 0] = roots.map((root) => root?.id ?? 0);
  return a === b ? [] : [Math.max(a, b)];
}
