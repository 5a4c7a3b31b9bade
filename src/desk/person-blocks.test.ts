import { says } from '../../test/speaker.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { defaultRules } from '../../test/rules.js';
import { blockPerson, unblockPerson } from './person-blocks.js';
import { joinByHand, unjoinPerson } from './persons.js';
import { changeTicket, markSpam, type Act } from './tickets.js';
import { openMatching } from '../intake/matching.js';
import { personById } from '../store/persons.js';

const SAME = 'order 20260118-7733 came with a broken lid, the kettle leaks';
const ANNA: Act = { who: 'anna', at: 1_000 };

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

/** From now on by evidence, which the simple rule of most tests leaves alone. */
async function compareByEvidence(): Promise<void> {
  await shop.end();
  shop = await openWorkshop(openMatching(defaultRules()));
  await shop.connect('a');
}

const block = (person: number, reason: string | null = null) =>
  shop.write(() => blockPerson(person, reason, ANNA));
const unblock = (person: number) => shop.write(() => unblockPerson(person, ANNA));
const isBlocked = async (person: number): Promise<boolean> =>
  (await shop.store.read(() => personById(person)))?.blocked === 1;
const filed = () =>
  shop.rows<{ ticket_id: number; text: string }>(
    'SELECT ticket_id, text FROM messages ORDER BY id',
  );
const whereabouts = async (): Promise<readonly (readonly [number, string])[]> =>
  (await filed()).map(({ ticket_id, text }) => [ticket_id, text]);
const spam = async (): Promise<readonly number[]> =>
  (await shop.rows<{ id: number }>('SELECT id FROM tickets WHERE spam = 1 ORDER BY id')).map(
    ({ id }) => id,
  );

describe('what a blocked person writes', () => {
  test('stands on a ticket of its own among the spam, and wakes none that was answered', async () => {
    await shop.file(says('zhao', 'my kettle arrived broken'));
    await shop.reply(1, 'We send you another.');
    await block(1, 'threatens everybody');
    await shop.file(says('zhao', 'I know where you live'), says('zhao', 'do you hear me?'));
    expect(await whereabouts()).toEqual([
      [1, 'my kettle arrived broken'],
      [1, 'We send you another.'],
      [2, 'I know where you live'],
      [2, 'do you hear me?'],
    ]);
    expect([(await shop.state(1)).status, await spam()]).toEqual(['waiting', [2]]);
  });

  test('is spam in the very event that opens its ticket, and says why it stands apart', async () => {
    await shop.file(says('zhao', 'my kettle arrived broken'));
    await block(1);
    await shop.file(says('zhao', 'I know where you live'));
    const [event] = await shop.rows<{ type: string; data: string }>(
      'SELECT type, data FROM events WHERE ticket_id = 2 ORDER BY id',
    );
    expect([event?.type, JSON.parse(event?.data ?? '{}')]).toEqual([
      'opened',
      expect.objectContaining({ blocked: true }),
    ]);
    const [link] = await shop.rows<{ decision: string; evidence: string }>('SELECT * FROM links');
    expect([link?.decision, JSON.parse(link?.evidence ?? '[]')]).toEqual([
      'related',
      [
        {
          kind: 'blocked',
          weight: null,
          sentence: {
            en: 'the same conversation, said after an agent had blocked the person',
            zh: '同一会话,在客服屏蔽该客户之后发来',
          },
        },
      ],
    ]);
  });

  test.each([
    ['the simple rule', () => Promise.resolve()],
    ['evidence', compareByEvidence],
  ])('is matched with no other ticket, by %s', async (_, begin) => {
    await begin();
    const fields = { orderNo: '20260118-7733' };
    await shop.file({ ...says('zhao', SAME), fields });
    await block(1);
    await shop.file({ ...says('zhao', SAME, 'another thread'), fields });
    await shop.file({ ...says('qian', SAME), fields });
    const links = await shop.rows<{ older: number; younger: number }>('SELECT * FROM links');
    expect(links.filter(({ older, younger }) => [older, younger].includes(2))).toEqual([]);
    expect([await spam(), (await filed()).length]).toEqual([[2], 3]);
  });

  test('is compared once an agent says that it is no spam', async () => {
    await compareByEvidence();
    const fields = { orderNo: '20260118-7733' };
    await shop.file({ ...says('zhao', SAME), fields });
    await block(1);
    await shop.file({ ...says('zhao', SAME, 'another thread'), fields });
    await shop.write(() => markSpam(2, false, ANNA));
    await shop.file();
    const links = await shop.rows<{ older: number; younger: number }>('SELECT * FROM links');
    expect(links).toEqual([expect.objectContaining({ older: 1, younger: 2 })]);
  });

  test('is answered by an agent who means to', async () => {
    await shop.file(says('zhao', 'my kettle arrived broken'));
    await block(1);
    await shop.file(says('zhao', 'I am sorry, please help'));
    expect((await shop.reply(2, 'Tell us the order.')).kind).toBe('queued');
    expect((await shop.state(2)).counts).toEqual({ in: 1, out: 1, notes: 0 });
  });

  test('opens another among the spam where an agent has closed the one before', async () => {
    await shop.file(says('zhao', 'first'));
    await block(1);
    await shop.file(says('zhao', 'second'));
    await shop.write(() => changeTicket(2, { status: 'closed' }, ANNA));
    await shop.file(says('zhao', 'third'));
    expect([(await whereabouts()).at(-1), await spam()]).toEqual([
      [3, 'third'],
      [2, 3],
    ]);
  });
});

describe('a person who is unblocked', () => {
  test('goes on with the complaint they had; what came meanwhile stays where it is', async () => {
    await shop.file(says('zhao', 'my kettle arrived broken'));
    await block(1);
    await shop.file(says('zhao', 'I know where you live'));
    await unblock(1);
    await shop.file(says('zhao', 'I am sorry. When does it come?'));
    expect(await whereabouts()).toEqual([
      [1, 'my kettle arrived broken'],
      [2, 'I know where you live'],
      [1, 'I am sorry. When does it come?'],
    ]);
    expect(await spam()).toEqual([2]);
  });

  test('opens a ticket where all they ever said was said blocked', async () => {
    await shop.file(says('zhao', 'my kettle arrived broken'));
    await block(1);
    await shop.file(says('zhao', 'you again', 'another thread'));
    await unblock(1);
    await shop.file(says('zhao', 'peace?', 'another thread'));
    expect((await whereabouts()).at(-1)).toEqual([3, 'peace?']);
    expect(await spam()).toEqual([2]);
  });
});

describe('being blocked', () => {
  const two = async (): Promise<void> => {
    await shop.file(says('zhao', 'the kettle'), says('qian', 'the lamp'));
    await shop.write(() => joinByHand(1, 2, ANNA, true));
  };
  const both = async () => [await isBlocked(1), await isBlocked(2)];

  test('holds for whoever they are joined with, and leaves with the member it was said of', async () => {
    await shop.file(says('zhao', 'the kettle'), says('qian', 'the lamp'));
    await block(2);
    expect(await both()).toEqual([false, true]);
    await shop.write(() => joinByHand(1, 2, ANNA, true));
    expect(await both()).toEqual([true, true]);
    await shop.write(() => unjoinPerson(2, ANNA));
    expect(await both()).toEqual([false, true]);
  });

  test('said of the root while they are joined stays with the root', async () => {
    await two();
    await block(1);
    expect(await both()).toEqual([true, true]);
    await shop.write(() => unjoinPerson(2, ANNA));
    expect(await both()).toEqual([true, false]);
  });

  test('ends for all of them with the last word, and each has their own again once taken out', async () => {
    await two();
    await block(2);
    await unblock(1);
    expect(await both()).toEqual([false, false]);
    await shop.write(() => unjoinPerson(2, ANNA));
    expect(await both()).toEqual([false, true]);
    await shop.write(() => joinByHand(1, 2, ANNA, true));
    expect(await both()).toEqual([false, false]);
  });

  test('is written down once, however often it is said, and again with another reason', async () => {
    await shop.file(says('zhao', 'the kettle'));
    await block(1, 'threatens');
    await block(1, 'threatens');
    await block(1);
    await block(1, 'threatens with a lawyer');
    await unblock(1);
    await unblock(1);
    const rows = await shop.rows<{ blocked: number; reason: string | null }>(
      'SELECT blocked, reason FROM person_blocks ORDER BY id',
    );
    expect(rows.map(({ blocked, reason }) => [blocked, reason])).toEqual([
      [1, 'threatens'],
      [1, 'threatens with a lawyer'],
      [0, null],
    ]);
  });

  test('cannot be said of somebody who is not there', async () => {
    expect([await block(9), await unblock(9)]).toEqual([null, null]);
  });
});
