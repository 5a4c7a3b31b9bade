import { openWorkshop, type Workshop } from '../../test/workshop.js';
import type { DraftInput } from '../model/draft.js';
import { mergeTickets } from './graph.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

const recall = (about: string): Partial<DraftInput> => ({ kind: 'recall', about, text: '' });

test('a recall leaves its words nowhere that anybody lists, searches or streams, nor what was said beside them', async () => {
  await shop.file(
    { id: 'm1', text: 'hello' },
    { id: 'm2', text: 'my card is 4111 1111' },
    { id: 'o1', conversation: 'other', sender: { handle: 'li' }, text: 'the secret opens it' },
    { id: 'o2', conversation: 'other', sender: { handle: 'li' }, subject: 'secret', text: 'x' },
  );
  await shop.write(() => mergeTickets(1, 2, { author: 'anna', at: 0, evidence: [] }));
  await shop.file(
    { id: 'm3', text: 'and a kettle' },
    recall('m2'),
    { ...recall('o1'), conversation: 'other', sender: { handle: 'li' } },
    { ...recall('o2'), conversation: 'other', sender: { handle: 'li' } },
  );
  const kept: object[] = [];
  for (const table of ['messages', 'tickets', 'events', 'drafts']) {
    kept.push(...(await shop.rows(`SELECT * FROM ${table}`)));
  }
  expect(JSON.stringify(kept)).not.toMatch(/4111|secret/);
  expect(
    (await shop.rows<{ text: string }>('SELECT text FROM messages ORDER BY id')).map(
      ({ text }) => text,
    ),
  ).toEqual(['hello', '', '', '', 'and a kettle']);
  const { subject, lastMessage, counts } = await shop.state(1);
  expect([subject, lastMessage?.excerpt, counts.in]).toEqual(['hello', 'and a kettle', 5]);
});
