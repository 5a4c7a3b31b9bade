import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { DAY } from '../model/time.js';
import { changeConnection, connectionsVersion } from '../store/connections.js';
import { run } from '../store/work.js';
import { upkeep } from './upkeep.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  const other = { name: 'a', settings: '{}', credentials: 'sealed anew' };
  await shop.write(() => changeConnection('a', other, shop.clock.now()));
});
afterEach(() => shop.end());

const retired = async (): Promise<number> =>
  (await shop.rows('SELECT version FROM retired_secrets')).length;

/** Something that came under the first secrets; 0 unread, 1 read, 2 in quarantine. */
const arrived = (state: number): Promise<unknown> =>
  shop.write(() =>
    run(
      `INSERT INTO envelopes (connection_id, key, received_at, type, notes, query, size, state, secret_version)
       VALUES ('a', ?, 0, '', '{}', '', 0, ?, 1)`,
      `key ${state}`,
      state,
    ),
  );

describe('secrets that were replaced are forgotten', () => {
  test('after a week, and every process hears of it', async () => {
    const version = await shop.store.read(connectionsVersion);
    shop.clock.pass(7 * DAY);
    await upkeep(shop);
    expect(await retired()).toBe(1);
    shop.clock.pass(1);
    await upkeep(shop);
    expect(await retired()).toBe(0);
    expect(await shop.store.read(connectionsVersion)).toBeGreaterThan(version);
  });

  test.each([
    ['is unread', 0],
    ['is in quarantine', 2],
  ])('not while an envelope that came under them %s', async (_, state) => {
    await arrived(1);
    await arrived(state);
    shop.clock.pass(30 * DAY);
    await upkeep(shop);
    expect(await retired()).toBe(1);
    await shop.write(() => run('UPDATE envelopes SET state = 1'));
    await upkeep(shop);
    expect(await retired()).toBe(0);
  });
});
