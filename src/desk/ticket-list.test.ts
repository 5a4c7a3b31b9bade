import { openTestStore, type TestStore } from '../../test/database.js';
import { applyEvent, newTicketState, type TicketEvent } from '../model/ticket-state.js';
import { insertConversation } from '../store/conversations.js';
import { insertPerson } from '../store/persons.js';
import type { ListPlace } from '../store/ticket-views.js';
import { insertTicket } from '../store/tickets.js';
import type { Work } from '../store/work.js';
import { findTickets, type TicketsAsked } from './ticket-list.js';

const MANY = 1_250;
const ANY = {
  statuses: [],
  channel: null,
  assignee: null,
  priority: null,
  since: null,
  spam: false,
};

let test_: TestStore;
beforeAll(async () => {
  test_ = await openTestStore();
  await test_.store.write(() => openMany());
});
afterAll(() => test_.end());

/** The oldest is the only one about a kettle. */
function* openMany(): Work<void> {
  const person = yield* insertPerson(1, null, 0);
  const conversation = yield* insertConversation({
    connection_id: 'c',
    key: 'k',
    group_id: 1,
    channel: 'test',
    handle: 'h',
    name: null,
    subject: null,
    context: '{}',
    person_id: person,
  });
  for (let i = 0; i < MANY; i += 1) {
    const subject = i === 0 ? 'The kettle' : `matter ${i}`;
    const opened: TicketEvent = { type: 'opened', data: { subject, fields: {}, first: null } };
    yield* insertTicket(1, conversation, applyEvent(newTicketState(i), opened, i));
  }
}

const find = (asked: Partial<TicketsAsked>) =>
  test_.store.read(() =>
    findTickets({ filter: ANY, words: null, after: null, limit: 10, ...asked }),
  );

test('a search looks at a thousand tickets a request and goes on where it stopped', async () => {
  const first = await find({ words: 'kettle' });
  expect(first.roots).toEqual([]);
  expect(first.next).toEqual({ lastMessageAt: MANY - 1_001, id: MANY - 1_000 });
  expect(await find({ words: 'kettle', after: first.next })).toEqual({ roots: [1], next: null });
});

test('a search that fills its page goes on behind the last one it gave', async () => {
  const seen: number[] = [];
  let after: ListPlace | null = null;
  for (;;) {
    const page = await find({ words: 'matter 12', limit: 7, after });
    expect(page.roots.length).toBeLessThanOrEqual(7);
    seen.push(...page.roots);
    after = page.next;
    if (after === null) break;
  }
  // 12, 120 to 129 and 1200 to 1249, each once, the latest first.
  expect(seen).toHaveLength(61);
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
});

test('a filter that nothing passes ends', async () => {
  expect(await find({ filter: { ...ANY, assignee: 'nobody' } })).toEqual({ roots: [], next: null });
});
