import { onPostgres } from '../database.js';
import { openWorkshop, type Workshop } from '../workshop.js';
import { fileConcurrently, pairOf, shuffled } from './concurrent-filing.js';

const PAIRS = 1_000;

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  await shop.connect('b');
}, 60_000);
afterAll(() => shop.end());

test(`1,000 pairs of tellings of one complaint in concurrent batches: none is missed (${onPostgres ? 'Postgres' : 'SQLite'})`, async () => {
  const now = shop.clock.now();
  const drafts = Array.from({ length: PAIRS }, (_, n) => pairOf(n, now)).flat();
  await fileConcurrently(shop, shuffled(drafts, 7), 3);

  const [counts] = await shop.rows(
    `SELECT COUNT(*) AS tickets, SUM(CASE WHEN merged_into IS NULL THEN 1 ELSE 0 END) AS roots,
            (SELECT COUNT(*) FROM messages) AS messages, (SELECT COUNT(*) FROM persons) AS persons
     FROM tickets`,
  );
  expect(Object.values(counts ?? {}).map(Number)).toEqual([2 * PAIRS, PAIRS, 2 * PAIRS, PAIRS]);
  const apart = await shop.rows(
    `SELECT c.key FROM conversations c JOIN tickets t ON t.conversation_id = c.id
     GROUP BY c.key HAVING COUNT(DISTINCT COALESCE(t.root_id, t.id)) <> 1`,
  );
  expect(apart).toEqual([]);
  const wrong = await shop.rows(
    `SELECT l.id FROM links l JOIN tickets o ON o.id = l.older JOIN tickets y ON y.id = l.younger
     JOIN conversations p ON p.id = o.conversation_id JOIN conversations q ON q.id = y.conversation_id
     WHERE p.key <> q.key`,
  );
  expect(wrong).toEqual([]);
}, 180_000);
