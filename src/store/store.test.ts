import { openTestStore, onPostgres, type TestStore } from '../../test/database.js';
import { holdLease, stillHolds, takeLease } from './leases.js';
import { all, get, idList, insert, run, type Work } from './work.js';
import { eventsAfter, insertEvent, numberEvents } from './tickets.js';
import { ensureFirstToken, listApiTokens } from './tokens.js';

let test_: TestStore;
beforeEach(async () => {
  test_ = await openTestStore();
});
afterEach(() => test_.end());

const groups = (): Promise<readonly { name: string }[]> =>
  test_.store.read(() => all<{ name: string }>('SELECT name FROM groups ORDER BY name'));

describe('the write port', () => {
  test('a work that fails undoes itself and none of its neighbours in the same commit', async () => {
    const { store } = test_;
    const results = await Promise.allSettled([
      store.write(() => insert('INSERT INTO groups (name) VALUES (?)', 'before')),
      store.write(function* () {
        yield* insert('INSERT INTO groups (name) VALUES (?)', 'half');
        yield* insert('INSERT INTO groups (name) VALUES (?)', null);
      }),
      store.write(() => insert('INSERT INTO groups (name) VALUES (?)', 'after')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await groups()).map(({ name }) => name)).toEqual(['after', 'before']);
  });

  test('a work that throws in the middle leaves nothing behind', async () => {
    const { store } = test_;
    const broken = store.write(function* () {
      yield* insert('INSERT INTO groups (name) VALUES (?)', 'gone');
      throw new Error('a defect');
    });
    await expect(broken).rejects.toThrow('a defect');
    expect(await groups()).toEqual([]);
  });

  test('what is called reading and writes is refused', async () => {
    const { store } = test_;
    const sly = store.read(() => insert('INSERT INTO groups (name) VALUES (?)', 'sly'));
    await expect(sly).rejects.toThrow(/read/);
    expect(await groups()).toEqual([]);
  });

  test('so is what writes and asks for rows, however often', async () => {
    const { store } = test_;
    const sly = () =>
      store.read(() => all("INSERT INTO groups (name) VALUES ('sly') RETURNING name"));
    await expect(sly()).rejects.toThrow(/must not write/);
    await expect(sly()).rejects.toThrow(/must not write/);
    expect(await groups()).toEqual([]);
  });

  test('what is written is read at once', async () => {
    await test_.store.write(() => insert('INSERT INTO groups (name) VALUES (?)', 'seen'));
    expect(await groups()).toEqual([expect.objectContaining({ name: 'seen' })]);
  });

  test('an insert gives its id, and 0 when a conflict kept it out', async () => {
    const { store } = test_;
    const put = (name: string): Promise<number> =>
      store.write(() =>
        insert('INSERT INTO groups (name) VALUES (?) ON CONFLICT DO NOTHING', name),
      );
    const first = await put('one');
    expect(first).toBeGreaterThan(0);
    expect(await put('one')).toBe(0);
  });

  test('a list of ids is one parameter', async () => {
    const { store } = test_;
    const ids = await store.write(function* () {
      const made: number[] = [];
      for (const name of ['a', 'b', 'c']) {
        made.push(yield* insert('INSERT INTO groups (name) VALUES (?)', name));
      }
      return made;
    });
    const [a = 0, , c = 0] = ids;
    const found = await store.read(() =>
      all<{ name: string }>(
        'SELECT name FROM groups WHERE id IN {ids} ORDER BY id',
        idList([a, c]),
      ),
    );
    expect(found.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(await store.write(() => run('DELETE FROM groups WHERE id IN {ids}', idList([])))).toBe(
      0,
    );
  });

  test('bytes, large integers and every character come back as they went in', async () => {
    const { store } = test_;
    const text = '退款 𠮷 \u{1F600} \u2028 "quoted" \\';
    const at = 4_102_444_800_123;
    await store.write(function* () {
      yield* run('INSERT INTO facts (name, value) VALUES (?, ?)', 'text', text);
      yield* run(
        'INSERT INTO leases (name, holder, fence, until) VALUES (?, ?, 1, ?)',
        'l',
        'h',
        at,
      );
    });
    const row = await store.read(() =>
      get<{ value: string }>('SELECT value FROM facts WHERE name = ?', 'text'),
    );
    const lease = await store.read(() =>
      get<{ until: number }>('SELECT until FROM leases WHERE name = ?', 'l'),
    );
    expect([row?.value, lease?.until]).toEqual([text, at]);
  });
});

describe('a lease', () => {
  const clock = { now: () => 1_000 };

  test('belongs to one holder, is taken over when it has run out, and its fence then rises', async () => {
    const { store } = test_;
    expect(await store.write(() => takeLease('filing', 'a', 1_000, 2_000))).toBe(1);
    expect(await store.write(() => takeLease('filing', 'b', 1_500, 3_000))).toBeNull();
    expect(await store.write(() => takeLease('filing', 'a', 1_500, 3_000))).toBe(1);
    expect(await store.write(() => takeLease('filing', 'b', 3_000, 4_000))).toBe(2);
    expect(await store.write(() => stillHolds('filing', 1))).toBe(false);
    expect(await store.write(() => stillHolds('filing', 2))).toBe(true);
  });

  test('is asked for once while it is fresh', async () => {
    const hold = holdLease(test_.store, 'filing', 'a', clock);
    expect([await hold(), await hold()]).toEqual([1, 1]);
    expect(await holdLease(test_.store, 'filing', 'b', clock)()).toBeNull();
  });
});

describe('event numbers', () => {
  function* record(n: number): Work<void> {
    for (let i = 0; i < n; i += 1) {
      yield* insertEvent(
        { id: 1, conversation: null },
        { type: 'noted', data: { message: i } },
        1,
        'test',
      );
    }
  }

  test('a reader who follows them sees every event of concurrent writers, in order, without a gap', async () => {
    const { store } = test_;
    const seen: number[] = [];
    const writers = { writing: true };
    const reader = (async () => {
      while (writers.writing || (await store.write(() => numberEvents(7))) > 0) {
        await store.write(() => numberEvents(7));
        for (const event of await store.read(() => eventsAfter(seen.at(-1) ?? 0, 1_000))) {
          seen.push(event.number ?? 0);
        }
        await new Promise(setImmediate);
      }
      for (const event of await store.read(() => eventsAfter(seen.at(-1) ?? 0, 1_000))) {
        seen.push(event.number ?? 0);
      }
    })();
    await Promise.all(Array.from({ length: 40 }, () => store.write(() => record(5))));
    writers.writing = false;
    await reader;
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });
});

test(`these tests ran on ${onPostgres ? 'Postgres' : 'the embedded database'}`, () => {
  expect(test_.store.dialect).toBe(onPostgres ? 'postgres' : 'sqlite');
});

test('of processes that start together on an empty database one makes the first token', async () => {
  const { store } = test_;
  const starts = ['a', 'b', 'c', 'd'].map((hash) => store.write(() => ensureFirstToken(hash, 0)));
  expect((await Promise.all(starts)).filter((made) => made)).toHaveLength(1);
  expect(await store.read(listApiTokens)).toHaveLength(1);
});
