import { openWorkshop, type Workshop } from '../../test/workshop.js';
import type { DraftInput } from '../model/draft.js';
import { HOUR } from '../model/time.js';
import type { TicketState } from '../model/ticket-state.js';
import { lastMessageOf } from '../store/messages.js';
import { mergeTickets, previewUnmerge, unmergeTicket } from './graph.js';
import { splitTicket } from './split.js';
import { markSpam, mergeByHand, type Act } from './tickets.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

const act = (): Act => ({ who: 'anna', at: shop.clock.now() });
const decided = () => ({ author: 'anna', at: shop.clock.now(), evidence: [] });

/** Says it on a conversation, an hour after what was said before; returns the message. */
async function says(conversation: string, more: Partial<DraftInput> = {}): Promise<number> {
  shop.clock.pass(HOUR);
  await shop.file({ conversation, sender: { handle: conversation }, ...more });
  const [row] = await shop.rows<{ id: number }>('SELECT MAX(id) AS id FROM messages');
  return Number(row?.id);
}

const split = (number: number, messages: readonly number[], into: number | null = null) =>
  shop.write(() => splitTicket(number, { messages, into }, act()));
const state = async (ticket: number): Promise<Omit<TicketState, 'updatedAt'>> => {
  const { updatedAt: _, ...rest } = await shop.state(ticket);
  return rest;
};

test('parts that are merged again are exactly the complaint they were, though it was answered between', async () => {
  const first = await says('c1', { fields: { orderNo: 'A1' } });
  await shop.reply(1, 'which one?');
  await says('c1', { text: 'the second matter' });
  const whole = await state(1);
  await split(1, [first]);
  expect(await state(1)).not.toEqual(whole);
  await shop.write(() => mergeTickets(1, 2, decided()));
  expect(await state(1)).toEqual(whole);
});

test('a message takes what was told with it along, also when it is cut out a second time', async () => {
  await says('c1');
  const second = await says('c1', { fields: { orderNo: 'B2' } });
  const third = await says('c1', { fields: { orderNo: 'C3' } });
  await split(1, [second, third]);
  expect([(await state(1)).fields, (await state(2)).fields]).toEqual([{}, { orderNo: 'C3' }]);
  await split(2, [third]);
  expect([(await state(2)).fields, (await state(3)).fields]).toEqual([
    { orderNo: 'B2' },
    { orderNo: 'C3' },
  ]);
  // Two of the three put together again: the message is counted where it stands now, and once.
  await shop.write(() => mergeTickets(1, 3, decided()));
  expect(await state(1)).toMatchObject({ counts: { in: 2 }, fields: { orderNo: 'C3' } });
  await shop.write(() => mergeTickets(1, 2, decided()));
  expect(await state(1)).toMatchObject({ counts: { in: 3 }, fields: { orderNo: 'C3' } });
});

describe('moving messages to a ticket', () => {
  test('makes them part of it, and both steps can be taken back', async () => {
    await says('c1');
    const stray = await says('c1', { text: 'and my lamp flickers' });
    await says('lamp', { text: 'the lamp flickers' });
    const [kettle, lamp] = [await state(1), await state(2)];
    expect(await split(1, [stray], 2)).toEqual({ kind: 'parted', ticket: 2, rest: 1 });
    expect(await state(2)).toMatchObject({ counts: { in: 2 } });
    const next = await says('c1', { text: 'it flickers still' });
    expect(await shop.write(() => lastMessageOf({ ticket: 3 }, []))).toMatchObject({ id: next });

    await shop.write(() => unmergeTicket(3, decided()));
    expect(await state(2)).toEqual(lamp);
    await shop.write(() => mergeTickets(1, 3, decided()));
    expect(await state(1)).toMatchObject({ counts: { in: 3 }, openedAt: kettle.openedAt });
  });

  test('is refused before anything is written: to itself, to nowhere, to spam', async () => {
    await says('c1');
    const stray = await says('c1');
    await says('junk');
    await shop.write(() => markSpam(2, true, act()));
    const before = await shop.rows('SELECT * FROM events');
    for (const into of [1, 999, 2]) {
      expect(await split(1, [stray], into)).toMatchObject({ kind: 'conflict' });
    }
    expect(await shop.rows('SELECT * FROM events')).toEqual(before);
  });
});

test('a member whose every message was split away is not taken out: it would be about nothing', async () => {
  const own = await says('c1');
  const other = await says('c2');
  await shop.write(() => mergeTickets(1, 2, decided()));
  await split(1, [other]);
  const refused = {
    kind: 'conflict',
    why: { en: expect.stringContaining('merge 3 back') as string },
  };
  expect(await shop.write(() => unmergeTicket(2, decided()))).toMatchObject(refused);
  expect(await shop.write(() => previewUnmerge(2))).toMatchObject(refused);
  expect(await split(1, [own])).toMatchObject({ kind: 'conflict' });
  await shop.write(() => mergeTickets(2, 3, decided()));
  expect(await shop.write(() => unmergeTicket(2, decided()))).toEqual({ kind: 'done', from: 1 });
  expect([(await state(1)).counts.in, (await state(2)).counts.in]).toEqual([1, 1]);
});

test('spam is merged with no complaint: its mark would hide it', async () => {
  await says('c1');
  await says('junk');
  await shop.write(() => markSpam(2, true, act()));
  expect(await shop.write(() => mergeByHand(1, 2, act()))).toMatchObject({ kind: 'conflict' });
  expect(await shop.write(() => mergeByHand(2, 1, act()))).toMatchObject({ kind: 'conflict' });
  await shop.write(() => markSpam(2, false, act()));
  expect(await shop.write(() => mergeByHand(2, 1, act()))).toEqual({ kind: 'done', root: 1 });
});
