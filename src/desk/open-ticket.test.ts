import { createCourier } from '../../test/courier.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { openByAgent, type AgentTicket } from './open-ticket.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

function asked(handle: string, text: string, connection = 'a'): AgentTicket {
  const connected = shop.find(connection);
  if (connected === undefined) throw new Error('the connection is not there');
  return { connected, handle, name: null, subject: null, text, log: true };
}

const open = (handle: string, text: string) =>
  openByAgent({ ...shop, once: null }, asked(handle, text), { who: 'anna', at: shop.clock.now() });

const conversations = () =>
  shop.rows<{ handle: string; n: number }>(
    'SELECT handle, COUNT(*) AS n FROM conversations GROUP BY handle ORDER BY handle',
  );

test('agents who write to one new address at the same moment share its conversation', async () => {
  const texts = ['one', 'two', 'three', 'four', 'five', 'six'];
  const opened = await Promise.all(texts.map((text) => open('li', text)));
  expect(new Set(opened.map((one) => (one.kind === 'opened' ? one.ticket : 0))).size).toBe(6);
  expect(await conversations()).toEqual([{ handle: 'li', n: 1 }]);
});

test('a customer who writes while agents log their calls stays one conversation', async () => {
  await shop.file({ id: 'm0' });
  const calls = ['she called', 'she called again', 'and again'];
  await Promise.all([
    ...calls.map((text) => open('zhang', text)),
    shop.file({ id: 'm1', text: 'hello?' }, { id: 'm2', text: 'anybody?' }),
  ]);
  expect(await conversations()).toEqual([{ handle: 'zhang', n: 1 }]);
  const [last] = await shop.rows<{ ticket_id: number; newest: number }>(
    'SELECT ticket_id, (SELECT MAX(id) FROM tickets) AS newest FROM conversations',
  );
  expect(last?.ticket_id).toBe(last?.newest);
});

test('a request whose key is taken opens nothing', async () => {
  const once = {
    *take() {
      return false;
    },
    *keep() {
      throw new Error('nothing was opened');
    },
  };
  const act = { who: 'anna', at: shop.clock.now() };
  expect(await openByAgent({ ...shop, once }, asked('li', 'hello'), act)).toEqual({
    kind: 'taken',
  });
  expect(await shop.rows('SELECT id FROM tickets')).toEqual([]);
});

describe('the first message of a customer to whom an agent wrote first', () => {
  const place = { connection: 's', sender: { handle: '+15550001111' } };
  const ticketsOf = () =>
    shop.rows<{ key: string; n: number }>(
      'SELECT c.key, COUNT(*) AS n FROM tickets t JOIN conversations c ON c.id = t.conversation_id GROUP BY c.key ORDER BY MIN(t.id)',
    );

  async function writeFirst(threadless: boolean): Promise<void> {
    await shop.connect('s', createCourier({ policies: threadless ? { threadless } : {} }));
    const ticket = { ...asked('+1 (555) 000-1111', 'it is ready', 's'), log: false };
    const act = { who: 'anna', at: shop.clock.now() };
    await openByAgent({ ...shop, once: null }, ticket, act);
  }

  test('goes on with it where the platform has no threads, and gives it its name', async () => {
    await writeFirst(true);
    await shop.file({ ...place, id: 'm1', conversation: 'us#them' });
    expect(await ticketsOf()).toEqual([{ key: 'us#them', n: 1 }]);
    await shop.file({ ...place, id: 'm2', conversation: 'another of us#them' });
    expect((await ticketsOf()).map(({ key }) => key)).toEqual(['us#them', 'another of us#them']);
  });

  test('is a thread of its own where the platform has threads', async () => {
    await writeFirst(false);
    await shop.file({ ...place, id: 'm1', conversation: 'a new thread' });
    expect((await ticketsOf()).map(({ key }) => key)).toEqual([
      expect.stringMatching(/^agent[a-z2-7]{11}$/),
      'a new thread',
    ]);
  });
});
