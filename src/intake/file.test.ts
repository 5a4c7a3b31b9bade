import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { randomHanzi } from '../../test/hanzi.js';
import type { DraftInput } from '../model/draft.js';
import { DAY, HOUR, MINUTE, SECOND } from '../model/time.js';
import type { Status } from '../model/ticket-state.js';
import { fileInOrder } from './in-order.js';
import { recordEvent } from '../desk/graph.js';
import { holdLease } from '../store/leases.js';
import { markRefusal, refusalOf } from '../store/refusals.js';
import { StoreProblem, type Store } from '../store/store.js';
import { ticketById } from '../store/tickets.js';
import { run } from '../store/work.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

interface SeenMessage {
  readonly ticket_id: number;
  readonly kind: string;
  readonly text: string;
  readonly state: string | null;
  readonly at: number;
  readonly corrected: number;
}
const messages = (): Promise<readonly SeenMessage[]> =>
  shop.rows<SeenMessage>('SELECT * FROM messages ORDER BY id');
const draftState = async (id: string): Promise<number | undefined> =>
  (await shop.rows<{ state: number }>('SELECT state FROM drafts WHERE draft_id = ?', id))[0]?.state;
const tickets = async (): Promise<number> => (await shop.rows('SELECT id FROM tickets')).length;

async function set(ticket: number, status: Status): Promise<void> {
  await shop.write(function* () {
    const row = yield* ticketById(ticket);
    if (row === undefined) throw new Error('no such ticket');
    yield* recordEvent(row, { type: 'changed', data: { status } }, shop.clock.now(), 'anna');
  });
}

const edit = (
  about: string,
  text: string,
  more: Partial<DraftInput> = {},
): Partial<DraftInput> => ({
  ...{ kind: 'edit', about, text },
  ...more,
});

test('the longest ids, names and addresses there can be have room in every index', async () => {
  const id = randomHanzi(333);
  const identity = { kind: 'uid' as const, proof: 'proven' as const, scope: randomHanzi(200) };
  const handle = randomHanzi(320);
  const sender = { handle, identities: [{ ...identity, value: handle }] };
  await shop.file(
    { id, conversation: id, sender, text: 'the longest' },
    { kind: 'receipt', about: id, receipt: { status: 'delivered' } },
  );
  await shop.write(() => markRefusal(ADDRESS(handle), 'optedOut', 0));
  expect((await messages()).map(({ text }) => text)).toEqual(['the longest']);
  expect(await draftState(id)).toBe(1);
});
const ADDRESS = (handle: string) => ({
  ...{ group_id: 1, channel: 'courier', connection_id: 'a', handle },
});

test('what came by a connection that was removed since is filed with its brand', async () => {
  await shop.connect('b', undefined, 'Second brand');
  await shop.file({ id: 'm1', conversation: 'one' });
  await shop.remove('b');
  await shop.file({ id: 'm2', conversation: 'two', connection: 'b' });
  const groups = await shop.rows<{ name: string }>(
    'SELECT g.name FROM tickets t JOIN groups g ON g.id = t.group_id ORDER BY t.id',
  );
  expect(groups.map(({ name }) => name)).toEqual(['default', 'Second brand']);
});

describe('a message', () => {
  test('opens a ticket with its subject, and the next of its conversation follows', async () => {
    await shop.file({ id: 'm1', text: 'my kettle arrived broken' }, { id: 'm2', text: 'hello?' });
    expect((await messages()).map(({ ticket_id, text }) => [ticket_id, text])).toEqual([
      [1, 'my kettle arrived broken'],
      [1, 'hello?'],
    ]);
    const state = await shop.state(1);
    expect([state.subject, state.counts.in]).toEqual(['my kettle arrived broken', 2]);
  });

  test('that comes twice under one id is one message, whatever its words', async () => {
    await shop.file({ id: 'm1' }, { id: 'm1', text: 'other words' });
    await shop.file({ id: 'm1' });
    expect(await messages()).toHaveLength(1);
  });

  test('with the same words but an id of its own is another message: nothing is dropped', async () => {
    await shop.file({ id: 'm1', text: 'again' }, { id: 'm2', text: 'again' });
    expect(await messages()).toHaveLength(2);
  });

  test('stands where it was said, and says so when the platform’s time cannot be', async () => {
    const said = shop.clock.now() - HOUR;
    await shop.file(
      { id: 'late', sentAt: new Date(said).toISOString() },
      { id: 'absurd', sentAt: '2031-01-01T00:00:00Z' },
    );
    expect((await messages()).map(({ at, corrected }) => [at, corrected])).toEqual([
      [said, 0],
      [shop.clock.now(), 1],
    ]);
  });

  test('keeps the reply context of those before it and lays its own over it', async () => {
    await shop.file(
      { replyContext: { thread: 't1', last: 'm1' } },
      { replyContext: { last: 'm2' } },
    );
    const [row] = await shop.rows<{ context: string }>('SELECT context FROM conversations');
    expect(JSON.parse(row?.context ?? '')).toEqual({ thread: 't1', last: 'm2' });
  });

  test('takes what only counts at the opening from the first message alone', async () => {
    await shop.file({ replyContext: { thread: 't1', opening: { copies: ['wife'] } } });
    await shop.file({ replyContext: { last: 'm2', opening: { copies: ['spy'], late: true } } });
    const [row] = await shop.rows<{ context: string }>('SELECT context FROM conversations');
    expect(JSON.parse(row?.context ?? '')).toEqual({ thread: 't1', copies: ['wife'], last: 'm2' });
  });

  test('opens nothing after a first message without any context', async () => {
    await shop.file({ replyContext: {} }, { replyContext: { opening: { copies: ['spy'] } } });
    const [row] = await shop.rows<{ context: string }>('SELECT context FROM conversations');
    expect(JSON.parse(row?.context ?? '')).toEqual({});
  });

  test('names its attachments, and somebody is asked to fetch them', async () => {
    await shop.file({ attachments: [{ ref: 'photo-1', name: 'photo.jpg' }] });
    const rows = await shop.rows('SELECT ref, name, state FROM attachments');
    expect(rows).toEqual([{ ref: 'photo-1', name: 'photo.jpg', state: 'pending' }]);
    expect(shop.queue.rung).toContain('attachments');
  });
});

describe('a solved ticket', () => {
  const solved = async (): Promise<void> => {
    await shop.file({ id: 'm1' });
    await set(1, 'solved');
  };

  test('is opened again by a message within seven days', async () => {
    await solved();
    shop.clock.pass(7 * DAY);
    await shop.file({ id: 'm2' });
    expect([(await shop.state(1)).status, await tickets()]).toEqual(['open', 1]);
  });

  test('stays solved afterwards: the message opens a ticket of its own that is related to it', async () => {
    await solved();
    shop.clock.pass(7 * DAY + 1);
    await shop.file({ id: 'm2' });
    expect([(await shop.state(1)).status, await tickets()]).toEqual(['solved', 2]);
    expect(await shop.rows('SELECT older, younger, decision FROM links')).toEqual([
      { older: 1, younger: 2, decision: 'related' },
    ]);
    await shop.file({ id: 'm3' });
    expect((await messages()).map(({ ticket_id }) => ticket_id)).toEqual([1, 2, 2]);
  });

  test('that was closed is never opened again', async () => {
    await solved();
    await set(1, 'closed');
    await shop.file({ id: 'm2' });
    expect([(await shop.state(1)).status, await tickets()]).toEqual(['closed', 2]);
  });

  test('is not opened by what a machine says', async () => {
    await solved();
    await shop.file({ id: 'auto', kind: 'automatic', text: 'I am on holiday' });
    expect([(await shop.state(1)).status, await tickets()]).toEqual(['solved', 1]);
  });

  test('is not opened by an import, which tells what was', async () => {
    await solved();
    await shop.file({ id: 'old', historic: true, sentAt: '2024-01-01T00:00:00Z' });
    expect([(await shop.state(1)).status, await tickets()]).toEqual(['solved', 1]);
    expect((await messages()).at(-1)?.at).toBe(Date.parse('2024-01-01T00:00:00Z'));
  });
});

describe('what is no complaint', () => {
  test.each(['automatic', 'event'] as const)('(%s) opens nothing', async (kind) => {
    await shop.file({ id: 'x', kind });
    expect([await tickets(), await draftState('x')]).toEqual([0, 1]);
  });

  test('is kept on the ticket of its conversation and is no word of the customer', async () => {
    await shop.file({ id: 'm1' }, { id: 'auto', kind: 'automatic', text: 'I am on holiday' });
    expect((await messages()).map(({ kind }) => kind)).toEqual(['message', 'automatic']);
    expect((await shop.state(1)).counts.in).toBe(1);
  });

  test('marks an address whose owner opted out, and takes the mark away again', async () => {
    const address = { group_id: 1, channel: 'courier', connection_id: 'a', handle: '+15550001234' };
    const sender = { handle: '+1 555 000 1234' };
    await shop.file({ kind: 'event', sender, fields: { optedOut: 'yes' } });
    expect(await shop.store.read(() => refusalOf(address))).toBe('optedOut');
    await shop.file({ kind: 'event', sender, fields: { optedOut: 'no' } });
    expect(await shop.store.read(() => refusalOf(address))).toBeNull();
  });
});

describe('an edit', () => {
  test('changes the message, which says so; the ticket is told', async () => {
    await shop.file({ id: 'm1', text: 'my kettel' }, edit('m1', 'my kettle'));
    expect(await messages()).toMatchObject([{ text: 'my kettle', state: 'edited' }]);
    expect(await shop.rows("SELECT data FROM events WHERE type = 'amended'")).toHaveLength(1);
  });

  test('that overtakes its message waits for it', async () => {
    await shop.file(edit('m1', 'my kettle', { id: 'e1' }));
    expect(await draftState('e1')).toBe(2);
    await shop.file({ id: 'm1', text: 'my kettel' });
    shop.clock.pass(5 * SECOND);
    await shop.file();
    expect(await messages()).toMatchObject([{ text: 'my kettle' }]);
    expect(await draftState('e1')).toBe(1);
  });

  test('of a message that never comes is given up after a day', async () => {
    await shop.file(edit('never', 'x', { id: 'e1' }));
    shop.clock.pass(DAY - 1);
    await shop.file();
    expect(await draftState('e1')).toBe(2);
    shop.clock.pass(HOUR);
    await shop.file();
    expect(await draftState('e1')).toBe(1);
  });
});

describe('a recall', () => {
  const recall = (about: string): Partial<DraftInput> => ({ kind: 'recall', about, text: '' });

  test('empties the message and keeps that there was one', async () => {
    await shop.file({ id: 'm1', text: 'a secret', html: '<b>a secret</b>' }, recall('m1'));
    expect(await shop.rows('SELECT text, html, state FROM messages')).toEqual([
      { text: '', html: null, state: 'recalled' },
    ]);
  });

  test('is not undone by an edit that comes behind it', async () => {
    await shop.file({ id: 'm1', text: 'a secret' }, recall('m1'), edit('m1', 'the secret again'));
    expect(await messages()).toMatchObject([{ text: '', state: 'recalled' }]);
  });
});

describe('a draft that cannot be filed', () => {
  /** A body that is no draft any more, as after a defect of ours. */
  async function poison(id: string): Promise<void> {
    await shop.write(() => run("UPDATE drafts SET body = '{' WHERE draft_id = ?", id));
  }

  async function waiting(...ids: readonly string[]): Promise<void> {
    await shop.file();
    for (const id of ids) {
      await shop.write(() =>
        run(
          `INSERT INTO drafts (connection_id, draft_id, kind, state, body)
           SELECT connection_id, ?, kind, 0, REPLACE(body, '"seed"', ?) FROM drafts WHERE draft_id = 'seed'`,
          id,
          JSON.stringify(id),
        ),
      );
    }
  }

  test('is tried alone, five times, then dead with its stack; the others are filed at once', async () => {
    await shop.file({ id: 'seed' });
    await waiting('good-1', 'bad', 'good-2');
    await poison('bad');
    await shop.file();
    expect([await draftState('good-1'), await draftState('good-2')]).toEqual([1, 1]);
    for (let i = 0; i < 5; i += 1) {
      expect(await draftState('bad')).toBe(i < 4 ? 0 : 3);
      shop.clock.pass(MINUTE);
      await shop.file();
    }
    const [row] = await shop.rows<{ reason: string; attempts: number }>(
      "SELECT reason, attempts FROM drafts WHERE draft_id = 'bad'",
    );
    expect(row?.reason).toContain('JSON');
    expect(row?.reason).toContain('    at ');
    expect(shop.logged).toEqual(['a draft cannot be filed and is set aside']);
  });

  test('because the disk is full costs no try: it is filed when there is room', async () => {
    await shop.file({ id: 'seed' });
    await waiting('m1', 'm2');
    const full: Store = {
      ...shop.store,
      write: () => Promise.reject(new StoreProblem('full', 'the disk is full')),
    };
    const filing = {
      ...{ ...shop, store: full, log: shop.sending.log, matching: { samePersonWithin: DAY } },
      ...{
        crashpoint: () => undefined,
        lease: holdLease(shop.store, 'filing', 'workshop', shop.clock),
      },
    };
    for (let i = 0; i < 6; i += 1) {
      await expect(fileInOrder(filing)).rejects.toThrow('the disk is full');
      shop.clock.pass(MINUTE);
    }
    const tries = await shop.rows('SELECT state, attempts FROM drafts WHERE id > 1');
    expect(tries.map(({ state, attempts }) => [state, attempts])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    await shop.file();
    expect(await messages()).toHaveLength(3);
  });

  test('does not leave half of itself behind', async () => {
    await shop.file({ id: 'seed' });
    await waiting('half');
    await shop.write(() =>
      run(
        `UPDATE drafts SET body = REPLACE(body, '{"id"', '{"attachments":[null],"id"') WHERE draft_id = 'half'`,
      ),
    );
    await shop.file({ id: 'm9', attachments: [{ ref: 'r' }] });
    expect(await draftState('m9')).toBe(1);
    expect(await draftState('half')).toBe(0);
    expect(await messages()).toHaveLength(2);
  });
});
