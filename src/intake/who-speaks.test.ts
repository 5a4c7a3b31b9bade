import { accountOf, says } from '../../test/speaker.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { blockPerson, unblockPerson } from '../desk/person-blocks.js';
import type { Act } from '../desk/tickets.js';
import type { DraftInput } from '../model/draft.js';
import type { Identity } from '../model/identity.js';

/** On one conversation a blocked person and others speak: each is judged by themselves. */

const ANNA: Act = { who: 'anna', at: 1_000 };

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

const block = (person: number) => shop.write(() => blockPerson(person, null, ANNA));
const unblock = (person: number) => shop.write(() => unblockPerson(person, ANNA));
const whereabouts = async (): Promise<readonly (readonly [number, string])[]> =>
  (
    await shop.rows<{ ticket_id: number; text: string }>(
      'SELECT ticket_id, text FROM messages ORDER BY id',
    )
  ).map(({ ticket_id, text }) => [ticket_id, text]);
const spam = async (): Promise<readonly number[]> =>
  (await shop.rows<{ id: number }>('SELECT id FROM tickets WHERE spam = 1 ORDER BY id')).map(
    ({ id }) => id,
  );

describe('what a blocked person does that opens no ticket', () => {
  const story = async (...more: readonly Partial<DraftInput>[]): Promise<void> => {
    await shop.file({ ...says('zhao', 'the kettle leaks'), id: 'm1' });
    await block(1);
    await shop.file(...more);
  };
  const edit = { ...says('zhao', 'I know where you live'), kind: 'edit', about: 'm1' } as const;
  const recall = { ...says('zhao', ''), kind: 'recall', about: 'm1' } as const;
  const sticker = { ...says('zhao', '[a knife]'), kind: 'event' } as const;
  const eventsOf = async (ticket: number): Promise<readonly string[]> =>
    (
      await shop.rows<{ type: string }>(
        'SELECT type FROM events WHERE ticket_id = ? ORDER BY id',
        ticket,
      )
    ).map(({ type }) => type);

  test('leaves the words of their complaint as they were, and the complaint untold', async () => {
    await story(edit, sticker);
    expect(await whereabouts()).toEqual([[1, 'the kettle leaks']]);
    expect(await eventsOf(1)).toEqual(['opened']);
  });

  test('is kept where they speak among the spam', async () => {
    await story(says('zhao', 'answer me'), edit, sticker);
    expect(await whereabouts()).toEqual([
      [1, 'the kettle leaks'],
      [2, 'answer me'],
      [2, 'I know where you live'],
      [2, '[a knife]'],
    ]);
    expect([await eventsOf(1), await eventsOf(2)]).toEqual([
      ['opened'],
      ['opened', 'kept', 'kept'],
    ]);
  });

  test('takes a message back, with every edit of it that was kept', async () => {
    await story({ ...says('zhao', 'answer me'), id: 'm2' }, edit, { ...edit, about: 'm2' }, recall);
    expect(await whereabouts()).toEqual([
      [1, ''],
      [2, 'answer me'],
      [2, ''],
      [2, 'I know where you live'],
    ]);
    expect(await eventsOf(1)).toEqual(['opened', 'amended']);
  });

  test('changes again what they told once they are unblocked', async () => {
    await story(says('zhao', 'answer me'));
    await unblock(1);
    await shop.file({ ...edit, text: 'the kettle leaks below' }, { ...sticker, text: '[a smile]' });
    expect(await whereabouts()).toEqual([
      [1, 'the kettle leaks below'],
      [2, 'answer me'],
      [1, '[a smile]'],
    ]);
  });
});

describe('somebody else on the thread of a blocked person', () => {
  const thread = 'thread of zhao';
  /** Another login of the same chat, which proves another account. */
  const fromOneDevice = (text: string) => {
    const { sender, ...said } = says('qian', text, thread);
    return { ...said, sender: { ...sender, handle: 'zhao' } };
  };

  test.each([
    ['in copy', (text: string) => says('qian', text, thread)],
    ['on the same device', fromOneDevice],
    [
      'whom nothing proves',
      (text: string) => ({ conversation: thread, text, sender: { handle: 'sun' } }),
    ],
  ])('is heard: %s', async (_, other) => {
    await shop.file(says('zhao', 'the kettle leaks'));
    await block(1);
    await shop.file(says('zhao', 'I know where you live'), other('I live there too, it leaks'));
    await shop.file(says('zhao', 'do not listen'), other('when does it come?'));
    expect(await whereabouts()).toEqual([
      [1, 'the kettle leaks'],
      [2, 'I know where you live'],
      [1, 'I live there too, it leaks'],
      [2, 'do not listen'],
      [1, 'when does it come?'],
    ]);
    expect(await spam()).toEqual([2]);
  });

  test('opens a complaint where none was told, and edits what they said', async () => {
    await shop.file(says('zhao', 'hello', 'another thread'));
    await block(1);
    await shop.file(says('zhao', 'I know where you live'), {
      ...says('qian', 'the kettel leaks', thread),
      id: 'm3',
    });
    const edit = { ...says('qian', 'the kettle leaks', thread), kind: 'edit' } as const;
    await shop.file({ ...edit, about: 'm3' });
    expect(await whereabouts()).toEqual([
      [1, 'hello'],
      [2, 'I know where you live'],
      [3, 'the kettle leaks'],
    ]);
    expect(await spam()).toEqual([2]);
  });

  test('is heard with a phone that the blocked person had proven before', async () => {
    const phone: Identity = { kind: 'phone', value: '+15550001234', scope: '', proof: 'proven' };
    const calls = (name: string, text: string, conversation: string) => {
      const { sender, ...said } = says(name, text, conversation);
      return { ...said, sender: { ...sender, identities: [accountOf(name), phone] } };
    };
    await shop.file(calls('zhao', 'the kettle leaks', thread), says('li', 'the lamp'));
    await block(1);
    await shop.file(calls('qian', 'it is our lamp', 'thread of li'));
    expect([(await whereabouts()).at(-1), await spam()]).toEqual([[2, 'it is our lamp'], []]);
  });
});

describe('a blocked person on the thread of somebody else', () => {
  const thread = 'thread of qian';

  test.each([
    ['proven', accountOf('zhao')],
    [
      'claimed as before',
      { kind: 'email', value: 'zhao@example.com', scope: '', proof: 'strong' } as const,
    ],
  ])('is not heard there, its owner is: %s', async (_, identity) => {
    const sender = { handle: 'zhao', identities: [identity] };
    await shop.file({ conversation: 'thread of zhao', text: 'the kettle', sender });
    await block(1);
    await shop.file(says('qian', 'the lamp'));
    await shop.file({ conversation: thread, text: 'I know where you live', sender });
    await shop.file(says('qian', 'when does it come?'));
    expect(await whereabouts()).toEqual([
      [1, 'the kettle'],
      [2, 'the lamp'],
      [3, 'I know where you live'],
      [2, 'when does it come?'],
    ]);
    expect(await spam()).toEqual([3]);
  });
});
