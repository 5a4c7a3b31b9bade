import fc from 'fast-check';
import { DAY } from './time.js';
import {
  applyEvent,
  excerpt,
  newTicketState,
  type Status,
  type TicketChange,
  type TicketEvent,
  type TicketState,
} from './ticket-state.js';

const fold = (...events: readonly (readonly [TicketEvent, number])[]): TicketState =>
  events.reduce((state, [event, at]) => applyEvent(state, event, at), newTicketState(1_000));

const received = (at: number, fields: Record<string, string> = {}): TicketEvent => ({
  type: 'received',
  data: { message: at, at, excerpt: `said at ${at}`, fields },
});
const replied = (at: number): TicketEvent => ({
  type: 'replied',
  data: { message: at, delivery: null, at, excerpt: `answered at ${at}` },
});
const changed = (data: TicketChange): TicketEvent => ({ type: 'changed', data });
const set = (status: Status): TicketEvent => changed({ status });

describe('the status', () => {
  test('is new until somebody answers, then waits for the customer, then is open again', () => {
    expect(fold([received(1), 1]).status).toBe('new');
    expect(fold([received(1), 1], [replied(2), 2]).status).toBe('waiting');
    expect(fold([received(1), 1], [replied(2), 2], [received(3), 3]).status).toBe('open');
  });

  test('of a solved ticket is open again when the customer speaks, and it is not solved any more', () => {
    const state = fold([received(1), 1], [set('solved'), 50], [received(60), 60]);
    expect([state.status, state.solvedAt]).toEqual(['open', null]);
  });

  test('of a solved ticket stays when an imported message of old is filed to it', () => {
    const old = received(20);
    const historic = { ...old, data: { ...old.data, historic: true } } as TicketEvent;
    const state = fold([received(1), 1], [set('solved'), 50], [historic, 60]);
    expect([state.status, state.solvedAt, state.counts.in]).toEqual(['solved', 50, 2]);
  });

  test('of a closed ticket is final for customer and agent alike', () => {
    const state = fold(
      [set('solved'), 40],
      [set('closed'), 50],
      [received(60), 60],
      [replied(70), 70],
    );
    expect([state.status, state.solvedAt]).toEqual(['closed', 40]);
  });

  test('of a solved ticket is not changed by an answer of ours', () => {
    expect(fold([set('solved'), 50], [replied(60), 60]).status).toBe('solved');
  });

  test('that an agent takes back forgets when it was solved', () => {
    expect(fold([set('solved'), 50], [set('open'), 60]).solvedAt).toBeNull();
  });
});

describe('what was said last', () => {
  test('is the latest by when it was said, not by when it arrived', () => {
    const state = fold([received(100), 100], [received(40), 200]);
    expect(state.lastMessage).toEqual({ direction: 'in', excerpt: 'said at 100', at: 100 });
    expect([state.lastMessageAt, state.updatedAt, state.counts.in]).toEqual([1_000, 1_000, 2]);
  });

  test('is counted by direction, and notes apart', () => {
    const note: TicketEvent = { type: 'noted', data: { message: 9 } };
    const state = fold([received(1), 1], [replied(2), 2], [replied(3), 3], [note, 4]);
    expect([state.counts, state.firstReplyAt]).toEqual([{ in: 1, out: 2, notes: 1 }, 2]);
  });

  test('never goes back in time, whatever order the messages arrive in', () => {
    const times = fc.array(fc.integer({ min: 1, max: 10 * DAY }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(times, (said) => {
        const state = fold(...said.map((at, i) => [received(at), 2_000 + i] as const));
        expect(state.lastMessage?.at).toBe(Math.max(...said));
        expect(state.lastMessageAt).toBe(Math.max(1_000, ...said));
        expect(state.counts.in).toBe(said.length);
      }),
    );
  });
});

describe('fields', () => {
  test('of a later message add to and overwrite those before', () => {
    const state = fold(
      [received(1, { orderNo: 'A1', region: 'north' }), 1],
      [received(2, { orderNo: 'B2' }), 2],
    );
    expect(state.fields).toEqual({ orderNo: 'B2', region: 'north' });
  });

  test('of a late arrival fill gaps and overwrite nothing', () => {
    const state = fold(
      [received(100, { orderNo: 'B2' }), 100],
      [received(40, { orderNo: 'A1', product: 'kettle' }), 200],
    );
    expect(state.fields).toEqual({ orderNo: 'B2', product: 'kettle' });
  });

  test('an agent sets stay beside the rest; what is not given stays as it is', () => {
    const state = fold(
      [received(1, { orderNo: 'A1' }), 1],
      [changed({ fields: { product: 'kettle' }, assignee: 'anna', tags: ['late'] }), 2],
      [changed({ assignee: undefined, priority: 'high' }), 3],
    );
    expect(state).toMatchObject({
      fields: { orderNo: 'A1', product: 'kettle' },
      assignee: 'anna',
      tags: ['late'],
      priority: 'high',
    });
    expect(
      fold([changed({ assignee: 'anna' }), 1], [changed({ assignee: null }), 2]).assignee,
    ).toBeNull();
  });
});

test('a ticket takes its subject, fields and first message from what opened it', () => {
  const first = { message: 1, at: 1_000, excerpt: 'my kettle' };
  const state = fold([
    { type: 'opened', data: { subject: 'Kettle', fields: { orderNo: 'A1' }, first } },
    1_000,
  ]);
  expect(state).toMatchObject({
    ...{ subject: 'Kettle', status: 'new', fields: { orderNo: 'A1' } },
    lastMessage: { direction: 'in', excerpt: 'my kettle', at: 1_000 },
    counts: { in: 1, out: 0, notes: 0 },
  });
});

test('events that say nothing about the state leave it, and its time moves on', () => {
  const state = fold([{ type: 'kept', data: { message: 1, kind: 'automatic' } }, 5_000]);
  expect(state).toEqual({ ...newTicketState(1_000), updatedAt: 5_000 });
});

describe('an excerpt', () => {
  test('is one line of at most 160 characters', () => {
    expect(excerpt(' two\n\tlines ')).toBe('two lines');
    expect(excerpt('x'.repeat(160))).toBe('x'.repeat(160));
    expect(excerpt('x'.repeat(161))).toBe(`${'x'.repeat(159)}…`);
  });

  test('never ends in half a character', () => {
    const text = `${'x'.repeat(158)}😀😀😀`;
    expect(excerpt(text)).toBe(`${'x'.repeat(158)}…`);
    expect(excerpt('😀'.repeat(400)).isWellFormed()).toBe(true);
    expect(excerpt(`${' '.repeat(319)}😀`)).toBe('');
  });
});
