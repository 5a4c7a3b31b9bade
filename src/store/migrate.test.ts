import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { migrate } from './migrate.js';
import { dueTellings } from './tellings.js';
import { run } from './work.js';

/** Databases that an earlier program left behind. */

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  await shop.file({});
});
afterEach(() => shop.end());

test.each([
  ['without digests', ''],
  ['with digests, as they were made for a while', 'digest INTEGER NOT NULL DEFAULT 0,'],
])('what tickets told is kept by a database %s', async (_, digest) => {
  await shop.write(function* () {
    yield* run('DROP TABLE tellings');
    yield* run(
      `CREATE TABLE tellings (ticket_id BIGINT PRIMARY KEY, group_id BIGINT NOT NULL,
        facts TEXT NOT NULL, identities TEXT NOT NULL, ${digest} due BIGINT NOT NULL DEFAULT 0)`,
    );
    yield* run('CREATE INDEX tellings_due ON tellings (ticket_id) WHERE due = 1');
    yield* run(`INSERT INTO tellings (ticket_id, group_id, facts, identities, due)
      VALUES (1, 1, 'facts', 'identities', 1)`);
    yield* run(`DELETE FROM knex_migrations WHERE name = '006-digests'`);
  });
  expect(await migrate(shop.store)).toEqual(['006-digests']);
  expect(await shop.rows('SELECT facts, identities, digest, due FROM tellings')).toEqual([
    { facts: 'facts', identities: 'identities', digest: 0, due: 1 },
  ]);
  expect(await shop.store.read(() => dueTellings(9))).toEqual([1]);
});
