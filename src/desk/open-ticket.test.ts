import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { openByAgent, type AgentTicket } from './open-ticket.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

function asked(handle: string, text: string): AgentTicket {
  const connected = shop.find('a');
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
