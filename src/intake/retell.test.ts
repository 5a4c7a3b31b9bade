import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { defaultRules } from '../../test/rules.js';
import { openMatching } from './matching.js';
import { mergeByHand } from '../desk/tickets.js';
import { splitTicket } from '../desk/split.js';
import type { DraftInput } from '../model/draft.js';
import { tellAgain } from '../store/tellings.js';
import { run } from '../store/work.js';

/** What happens to a ticket whose messages changed, or whose telling cannot be matched. */

let shop: Workshop;
/** Throws when two complaints are compared, as a defect would. */
let broken: boolean;
beforeEach(async () => {
  broken = false;
  const fail = (): void => {
    if (broken) throw new Error('a defect in matching');
  };
  shop = await openWorkshop(openMatching(defaultRules(), fail));
  await shop.connect('a');
  await shop.connect('b');
});
afterEach(() => shop.end());

const ORDER = 'KD20261101774';
const BROKEN = `the kettle of my order ${ORDER} arrived broken, please refund it`;
const SHATTERED = `订单 ${ORDER} 的水壶收到就碎了，要求退款`;

const LATE = 'the jacket of order XK88402217399 was never delivered';

let told = 0;
/** Somebody tells something on a conversation of their own. */
function tells(text: string, more: Partial<DraftInput> = {}): Partial<DraftInput> {
  told += 1;
  const sender = { handle: `h${told}`, name: null, identities: [] };
  return {
    conversation: `c${told}`,
    connection: told % 2 === 0 ? 'a' : 'b',
    sender,
    text,
    ...more,
  };
}

const parents = async (): Promise<readonly (number | null)[]> =>
  (
    await shop.rows<{ merged_into: number | null }>('SELECT merged_into FROM tickets ORDER BY id')
  ).map((row) => row.merged_into);
const due = async (): Promise<readonly number[]> =>
  (await shop.rows<{ ticket_id: number }>('SELECT ticket_id FROM tellings WHERE due = 1')).map(
    (row) => row.ticket_id,
  );
const act = () => ({ who: 'anna', at: shop.clock.now() });

test('a ticket from which everything was cut out is found by nothing any more', async () => {
  await shop.file(tells('what does the blue lamp cost?'), tells(BROKEN));
  await shop.write(() => mergeByHand(1, 2, act()));
  const [cut] = await shop.rows<{ id: number }>('SELECT id FROM messages WHERE ticket_id = 2');
  await shop.write(() => splitTicket(1, { messages: [cut?.id ?? 0], into: null }, act()));
  await shop.file();
  await shop.file(tells(SHATTERED));
  expect(await parents()).toEqual([null, 1, null, 3]);
  expect(await shop.rows('SELECT key FROM blocking_keys WHERE held LIKE ?', '%<2.%')).toEqual([]);
});

test('of a long thread what was said first and what was said last are read again', async () => {
  const chat = tells('the kettle arrived broken', { id: 'm1' });
  const nudges = Array.from({ length: 70 }, (_, n) => ({
    ...{ ...chat, id: `n${n}`, text: 'anybody there?' },
  }));
  await shop.file(chat, ...nudges, { ...chat, id: 'last', text: `the order number is ${ORDER}` });
  expect(await parents()).toEqual([null]);
  await shop.file({ ...chat, id: 'e1', kind: 'edit', about: 'm1', text: 'the kettle broke' });
  await shop.file(tells(SHATTERED));
  expect(await parents()).toEqual([null, 1]);
});

describe('what another version of the program stored', () => {
  test.each([
    ['under another version', '{"version":0}'],
    ['in another shape', '{"version":1,"refs":7}'],
    ['cut short', '{"version":1,"re'],
  ])('%s is read again from the messages, and matched then', async (_, facts) => {
    await shop.file(tells(BROKEN));
    await shop.write(() => run('UPDATE tellings SET facts = ?, digest = 7', facts));
    await shop.file(tells(SHATTERED));
    expect(await parents()).toEqual([null, 1]);
    expect(await due()).toEqual([]);
    expect(shop.logged).toEqual([]);
    const [{ most } = { most: 0 }] = await shop.rows<{ most: number }>(
      'SELECT MAX(tickets) AS most FROM blocking_keys',
    );
    expect(most).toBeLessThanOrEqual(2);
  });

  test('is not written over by what the ticket tells next', async () => {
    const chat = tells(BROKEN);
    await shop.file(chat);
    await shop.write(() => run(`UPDATE tellings SET facts = '{"version":0}', digest = 7`));
    await shop.file({ ...chat, id: 'later', text: 'the handle is in pieces, the lid too' });
    await shop.file(tells(SHATTERED));
    expect(await parents()).toEqual([null, 1]);
  });
});

describe('a defect in matching', () => {
  test('costs a message its matching, never its place, and keeps half of nothing', async () => {
    await shop.file(tells(BROKEN));
    broken = true;
    await shop.file(tells(SHATTERED), tells('what does the blue lamp cost?'));
    expect(await parents()).toEqual([null, null, null]);
    expect(shop.logged).toEqual(['a message cannot be matched and is filed without']);
    const tickets = await shop.rows<{ id: number; told: number | null }>(
      'SELECT t.id, f.ticket_id AS told FROM tickets t LEFT JOIN tellings f ON f.ticket_id = t.id ORDER BY t.id',
    );
    expect(tickets.map(({ told }) => told !== null)).toEqual([true, false, true]);
    const held = `%<${tickets[1]?.id ?? 0}.%`;
    expect(await shop.rows('SELECT key FROM blocking_keys WHERE held LIKE ?', held)).toEqual([]);
  });

  test('leaves a ticket that is matched again as it was, and the others are matched', async () => {
    await shop.file(tells(BROKEN), tells('my order number is wrong'), tells('hello'));
    await shop.write(function* () {
      yield* run('UPDATE messages SET text = ? WHERE ticket_id = 2', SHATTERED);
      yield* run('UPDATE messages SET text = ? WHERE ticket_id = 3', LATE);
      for (const ticket of [2, 3]) yield* tellAgain(ticket);
    });
    broken = true;
    await shop.file();
    expect(shop.logged).toEqual(['a ticket cannot be matched again and stays as it was']);
    expect(await due()).toEqual([]);
    broken = false;
    await shop.file(tells('my jacket of order XK88402217399 has not been delivered yet'));
    expect(await parents()).toEqual([null, null, null, 3]);
  });
});

test('more tickets than a batch are matched again bit by bit, and new drafts come between', async () => {
  await shop.file(...Array.from({ length: 130 }, (_, n) => tells(`lamp ${n}`)));
  await shop.write(() => run('UPDATE tellings SET due = 1'));
  shop.queue.rung.length = 0;
  await shop.file();
  expect(await due()).toHaveLength(2);
  expect(shop.queue.rung).toContain('file');
  shop.queue.rung.length = 0;
  await shop.file();
  expect(await due()).toEqual([]);
  expect(shop.queue.rung).not.toContain('file');
});
