import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { defaultRules } from '../../test/rules.js';
import { openMatching } from './matching.js';
import type { DraftInput } from '../model/draft.js';
import type { Identity } from '../model/identity.js';
import type { Evidence } from '../model/evidence.js';
import { DAY, MINUTE } from '../model/time.js';
import { recordEvent } from '../desk/graph.js';
import { tellPersonsApart } from '../desk/persons.js';
import { splitTicket } from '../desk/split.js';
import { tellApart } from '../desk/tickets.js';
import { run } from '../store/work.js';
import { tellAgain } from '../store/tellings.js';
import { ticketById } from '../store/tickets.js';

/** What the match step does with what the scorer says: links, and what forbids them. */

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop(openMatching(defaultRules()));
  await shop.connect('a');
  await shop.connect('b');
});
afterEach(() => shop.end());

let told = 0;
/** Somebody tells something on a conversation of their own. */
function tells(text: string, more: Partial<DraftInput> = {}): Partial<DraftInput> {
  told += 1;
  return {
    conversation: `c${told}`,
    connection: told % 2 === 0 ? 'a' : 'b',
    sender: { handle: `h${told}`, name: null, identities: [] },
    text,
    ...more,
  };
}
const openid = (value: string): Identity => ({
  kind: 'openid',
  value,
  scope: 'provider',
  proof: 'proven',
});
const by = (identity: Identity): Partial<DraftInput> => ({
  sender: { handle: identity.value, name: null, identities: [identity] },
});

const ORDER = 'KD20261101774';
const BROKEN = `the kettle of my order ${ORDER} arrived broken, please refund it`;
const SHATTERED = `订单 ${ORDER} 的水壶收到就碎了，要求退款`;

interface LinkRow {
  readonly older: number;
  readonly younger: number;
  readonly decision: string;
  readonly score: string | null;
  readonly evidence: string;
}
const links = (): Promise<readonly LinkRow[]> =>
  shop.rows<LinkRow>('SELECT older, younger, decision, score, evidence FROM links ORDER BY id');
const decisions = async (): Promise<readonly string[]> =>
  (await links()).map(({ older, younger, decision }) => `${younger} ${decision} ${older}`);
const parents = async (): Promise<readonly (number | null)[]> =>
  (
    await shop.rows<{ merged_into: number | null }>('SELECT merged_into FROM tickets ORDER BY id')
  ).map((row) => row.merged_into);

const solve = (ticket: number): Promise<void> =>
  shop.write(function* () {
    const row = yield* ticketById(ticket);
    if (row === undefined) throw new Error('no ticket');
    const change = { type: 'changed', data: { status: 'solved' } } as const;
    yield* recordEvent(row, change, shop.clock.now(), 'anna');
  });

describe('two tellings of one complaint', () => {
  test('are one ticket, and the score is the sum of the evidence', async () => {
    await shop.file(tells(BROKEN));
    await shop.file(tells(SHATTERED));
    expect(await parents()).toEqual([null, 1]);
    const [link] = await links();
    const evidence = JSON.parse(link?.evidence ?? '[]') as readonly Evidence[];
    expect(link).toMatchObject({ decision: 'same', older: 1, younger: 2 });
    expect(evidence.reduce((sum, { weight }) => sum + (weight ?? 0), 0)).toBeCloseTo(
      Number(link?.score),
    );
    for (const { sentence } of evidence) expect([sentence.en, sentence.zh]).not.toContain('');
  });

  test('see each other in one batch as in two', async () => {
    await shop.file(tells(BROKEN), tells('what does the blue lamp cost?'), tells(SHATTERED));
    expect(await parents()).toEqual([null, null, 1]);
  });

  test('of one person, on two channels and in other words, are one ticket', async () => {
    const zhang = { ...openid('zhang'), kind: 'unionid' as const };
    const chat = (connection: string, text: string): Partial<DraftInput> =>
      tells(text, { connection, ...by(zhang) });
    await shop.file(chat('a', 'the kettle arrived broken, please refund it'));
    await shop.file(chat('b', 'my new kettle is broken and I want the refund now'));
    expect(await parents()).toEqual([null, 1]);
    const [link] = await links();
    expect(link?.evidence).toContain('unionid');
  });

  test('are found when a later message names the order', async () => {
    const chat = tells('the kettle arrived broken');
    await shop.file(tells(SHATTERED), chat);
    expect(await parents()).toEqual([null, null]);
    await shop.file({ ...chat, id: 'later', text: `the order number is ${ORDER}` });
    expect(await parents()).toEqual([null, 1]);
  });

  test('are found when an edit names the order, and no more when it takes it back', async () => {
    const said = tells('my order number is wrong', { id: 'm1' });
    const edited = (id: string, text: string): Partial<DraftInput> => ({
      ...said,
      ...{ id, kind: 'edit', about: 'm1', text },
    });
    await shop.file(said);
    await shop.file(edited('e1', BROKEN));
    await shop.file(edited('e2', 'forget it, that was another shop'));
    await shop.file(tells(SHATTERED));
    expect(await parents()).toEqual([null, null]);
    await shop.file(edited('e3', BROKEN));
    expect(await parents()).toEqual([null, 1]);
  });

  test('are found when a picture comes that both of them show', async () => {
    const sha256 = 'ab'.repeat(32);
    const picture = { attachments: [{ ref: 'p', type: 'image/png', sha256 }] };
    await shop.file(tells('look at this broken kettle, I want a refund', picture));
    await shop.file(tells('水壶碎了，要退款', { attachments: [{ ref: 'q', type: 'image/png' }] }));
    expect(await decisions()).toEqual([]);
    await shop.write(function* () {
      yield* run('UPDATE attachments SET sha256 = ? WHERE ref = ?', sha256, 'q');
      yield* tellAgain(2);
    });
    await shop.file();
    expect(await decisions()).toHaveLength(1);
  });
});

describe('a rule merges nothing', () => {
  test('that somebody told apart, nor what was merged into one of them since', async () => {
    await shop.file(tells('the kettle arrived broken'), tells(BROKEN));
    await shop.write(() => tellApart(1, 2, { who: 'anna', at: shop.clock.now() }));
    await shop.file(tells(SHATTERED));
    const [, , third] = await parents();
    expect(third).toBe(2);
    await shop.write(() => run('UPDATE messages SET text = ? WHERE ticket_id = 1', BROKEN));
    await shop.write(() => tellAgain(1));
    await shop.file();
    expect(await parents()).toEqual([null, null, 2]);
    expect((await decisions()).filter((one) => one.includes('different'))).toEqual([
      '2 different 1',
    ]);
  });

  test('into a ticket that was solved: the new one is related', async () => {
    await shop.file(tells(BROKEN));
    await solve(1);
    shop.clock.pass(DAY);
    await shop.file(tells(SHATTERED));
    expect(await decisions()).toEqual(['2 related 1']);
  });

  test('into a ticket that was solved and is read anew: the open one stays open', async () => {
    const said = tells('my order number is wrong', { id: 'm1' });
    await shop.file(said, tells(SHATTERED));
    await solve(1);
    await shop.file({ ...said, id: 'e1', kind: 'edit', about: 'm1', text: BROKEN });
    expect(await parents()).toEqual([null, null]);
    expect(await decisions()).toEqual(['2 related 1']);
  });

  test('into a solved ticket, unless the message that tells more has opened it again', async () => {
    const chat = tells('the kettle arrived broken');
    await shop.file(chat, tells(SHATTERED));
    await solve(1);
    shop.clock.pass(MINUTE);
    const text = `it is still broken, the order number is ${ORDER}`;
    await shop.file({ ...chat, id: 'later', text });
    expect(await parents()).toEqual([null, 1]);
  });

  test('against conflicting proofs: an agent is asked, once', async () => {
    const chat = tells(BROKEN, by(openid('o1')));
    await shop.file(chat, tells(BROKEN, by(openid('o2'))));
    expect(await parents()).toEqual([null, null]);
    await shop.file({ ...chat, id: 'again', text: 'the handle is in pieces, the lid too' });
    expect(await decisions()).toEqual(['2 possible 1']);
  });

  test('by a key that a crowd holds', async () => {
    const { ticketsPerKey } = defaultRules().blocking;
    const crowd = Array.from({ length: ticketsPerKey + 3 }, () =>
      tells(`看到说 ${ORDER} 了，全网都在转，大家快来看，太离谱了`),
    );
    await shop.file(...crowd);
    const before = (await parents()).length;
    await shop.file(tells(`my rice cooker is dead. ${ORDER}`));
    expect((await parents())[before]).toBeNull();
  });
});

describe('an agent', () => {
  test('who cut a message out has both parts read anew: neither is found by what the other says', async () => {
    const chat = tells(BROKEN);
    await shop.file(chat);
    await shop.file({ ...chat, id: 'n1', text: 'and my parcel 7300112233445 never came' });
    const [first] = await shop.rows<{ id: number }>('SELECT MIN(id) AS id FROM messages');
    await shop.write(() =>
      splitTicket(
        1,
        { messages: [Number(first?.id)], into: null },
        { who: 'anna', at: shop.clock.now() },
      ),
    );
    await shop.file();
    await shop.file(tells(SHATTERED));
    expect(await parents()).toEqual([null, null, 2]);
  });

  test('who told two persons apart has their tickets left apart, whatever they have in common', async () => {
    const phone = (handle: string): Partial<DraftInput> => ({
      sender: { handle, name: null, identities: [openid(handle)] },
    });
    await shop.file(tells('hello', phone('o1')), tells('hello', phone('o2')));
    await shop.write(() => tellPersonsApart(1, 2, { who: 'anna', at: shop.clock.now() }));
    await shop.file(tells(BROKEN, phone('o1')), tells(SHATTERED, phone('o2')));
    expect((await decisions()).filter((said) => !said.includes('different'))).toEqual([]);
    expect(await parents()).toEqual([null, null, null, null]);
  });
});

describe('a conversation', () => {
  test('goes on with its complaint, and opens another for another order', async () => {
    const chat = tells(BROKEN);
    await shop.file(chat);
    shop.clock.pass(MINUTE);
    await shop.file({ ...chat, id: 'n1', text: 'anybody there?' });
    shop.clock.pass(5 * DAY);
    const other = 'another thing: the jacket of order XK88402217399 was never delivered';
    await shop.file({ ...chat, id: 'n2', text: other });
    expect(await parents()).toEqual([null, null]);
    expect(await decisions()).toEqual(['2 different 1']);
    expect((await shop.state(1)).counts.in).toBe(2);
  });
});

test.each([
  ['one character', '。'],
  ['pictures alone', '😡🔥'.repeat(5_000)],
  ['control characters', '\u0001\u0002\u001b\u0007'.repeat(20_000)],
  ['one word without an end', 'a'.repeat(200_000)],
  ['digits without an end', '8'.repeat(200_000)],
  [
    'ten thousand order numbers',
    Array.from({ length: 10_000 }, (_, n) => `KD${20_260_000_000 + n * 7}`).join(' '),
  ],
])('%s is filed, and kept under few keys', async (_, text) => {
  await shop.file(tells(text), tells(text), tells(BROKEN), tells(SHATTERED));
  expect(shop.logged).toEqual([]);
  expect((await parents())[3]).toBe(3);
  const [{ keys } = { keys: 0 }] = await shop.rows<{ keys: number }>(
    'SELECT COUNT(*) AS keys FROM blocking_keys',
  );
  expect(keys).toBeLessThanOrEqual(4 * 41);
  const facts = await shop.rows<{ facts: string }>('SELECT facts FROM tellings');
  for (const row of facts) expect(row.facts.length).toBeLessThan(20_000);
});
