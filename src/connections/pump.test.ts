import { jest } from '@jest/globals';
import { openTestStore, type TestStore } from '../../test/database.js';
import { testClock } from '../../test/clock.js';
import type { Live, Polled } from '../sdk/treaty.js';
import { ensureGroup, insertConnection, saveCursor } from '../store/connections.js';
import { startPump, type Pump } from './pump.js';

let test_: TestStore;
let abort: AbortController;
let said: string[];
let refusals: string[];
let troubles: (string | null)[];
let emitted: { readonly keys: readonly string[]; readonly cursors: unknown }[];
const clock = testClock();
beforeEach(async () => {
  test_ = await openTestStore();
  await test_.store.write(function* () {
    yield* insertConnection({
      ...{ id: 'a', connector: 'courier', name: 'a', group_id: yield* ensureGroup('g') },
      ...{ settings: '{}', credentials: '', status: 'active', created_at: 0 },
    });
    yield* saveCursor('a', 'INBOX', '7');
  });
  [abort, said, refusals, troubles, emitted] = [new AbortController(), [], [], [], []];
  // The pauses of a pump are real time; the database and the event loop go on by themselves.
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(async () => {
  abort.abort();
  jest.useRealTimers();
  await test_.end();
});

function pump(live: Partial<Live>): Pump {
  return startPump({
    ...{ store: test_.store, clock, chance: () => 0.5, connection: 'a', signal: abort.signal },
    live: live as Live,
    log: { info: (text) => void said.push(text), warn: (text) => void said.push(text) },
    refused: (why) => void refusals.push(why),
    troubled: (why) => void troubles.push(why),
    emit: async (arrivals, cursors) =>
      void emitted.push({ keys: arrivals.map(({ key }) => key), cursors }),
  });
}

/** Time passes, and everything that follows from it comes to rest. */
async function pass(milliseconds: number): Promise<void> {
  clock.pass(milliseconds);
  await jest.advanceTimersByTimeAsync(milliseconds);
  await rest();
}
async function rest(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await new Promise(setImmediate);
}

const nothing: Polled = { arrivals: [], cursors: {}, more: false };
const found = (key: string, more = false): Polled => ({
  arrivals: [{ key, body: Buffer.from(''), type: '', notes: {}, query: '' }],
  cursors: { INBOX: key },
  more,
});
class Unauthorised extends Error {
  override readonly name = 'Unauthorised';
}

describe('polling', () => {
  test('begins where the cursors stand and hands on what it found together with them', async () => {
    const seen: unknown[] = [];
    pump({
      poll: async (cursors) => {
        seen.push(cursors);
        return found('8');
      },
    });
    await rest();
    expect(seen).toEqual([{ INBOX: '7' }]);
    expect(emitted).toEqual([{ keys: ['8'], cursors: { INBOX: '8' } }]);
  });

  test('goes on at once while there is more, then every fifteen seconds', async () => {
    let polls = 0;
    pump({ poll: async () => found(String((polls += 1)), polls < 3) });
    await rest();
    expect(polls).toBe(3);
    await pass(14_999);
    expect(polls).toBe(3);
    await pass(1);
    expect(polls).toBe(4);
  });

  test('is woken by a hint, also by one that comes while it polls', async () => {
    const hints: (string | undefined)[] = [];
    const p: Pump = pump({
      poll: async (_cursors, hint) => {
        hints.push(hint);
        if (hint === 'one') p.wake('two');
        return nothing;
      },
    });
    await rest();
    p.wake('one');
    await rest();
    expect(hints).toEqual([undefined, 'one', 'two']);
  });

  test('that broke keeps the hint for its next try', async () => {
    const hints: (string | undefined)[] = [];
    const p = pump({
      poll: async (_cursors, hint) => {
        hints.push(hint);
        if (hints.length === 2) throw new Error('reset');
        return nothing;
      },
    });
    await rest();
    p.wake('mailbox 7');
    await rest();
    await pass(1_000);
    expect(hints).toEqual([undefined, 'mailbox 7', 'mailbox 7']);
  });
});

describe('a link that breaks', () => {
  test('is opened again after 1, 2, 4, … 30 seconds, and says so once', async () => {
    const opened: number[] = [];
    pump({
      stream: async () => {
        opened.push(clock.now());
        throw new Error('connection reset');
      },
    });
    await rest();
    for (let second = 0; second < 100; second += 1) await pass(1_000);
    const pauses = opened.slice(1).map((at, i) => (at - (opened[i] ?? 0)) / 1_000);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(said).toEqual(['the connection cannot be opened; it is tried again: connection reset']);
  });

  test('is said to have broken where it worked before', async () => {
    let polls = 0;
    pump({
      poll: async () => {
        if ((polls += 1) > 1) throw new Error('connection reset');
        return nothing;
      },
    });
    await pass(20_000);
    expect(said).toEqual(['the connection broke and is opened again: connection reset']);
  });

  test('that was fine for a while begins its pauses anew', async () => {
    let opens = 0;
    pump({
      stream: async () => {
        opens += 1;
        if (opens > 4) await new Promise((resolve) => setTimeout(resolve, 60_000));
        throw new Error('connection reset');
      },
    });
    await rest();
    await pass(1_000);
    await pass(2_000);
    await pass(4_000);
    await pass(8_000);
    expect(opens).toBe(5);
    await pass(60_000);
    await pass(1_000);
    expect(opens).toBe(6);
  });

  test('by ending without a word is no busy loop', async () => {
    let opens = 0;
    pump({
      stream: async () => {
        opens += 1;
      },
    });
    await rest();
    expect(opens).toBe(1);
    await pass(1_000);
    expect(opens).toBe(2);
  });

  test('says when it is back', async () => {
    let polls = 0;
    pump({
      poll: async () => {
        polls += 1;
        if (polls === 1) throw new Error('reset');
        return nothing;
      },
    });
    await rest();
    await pass(1_000);
    await pass(15_000);
    expect(said.at(-1)).toBe('the connection is back');
  });
});

describe('a refused credential', () => {
  test('is tried three times in a row, then the connection is given up: more would lock the account', async () => {
    let tries = 0;
    pump({
      poll: async () => {
        tries += 1;
        throw new Unauthorised('wrong password');
      },
    });
    await rest();
    await pass(1_000);
    expect(refusals).toEqual([]);
    await pass(2_000);
    expect(refusals).toEqual(['wrong password']);
    await pass(600_000);
    expect(tries).toBe(3);
  });

  test('between other troubles is not counted together', async () => {
    let tries = 0;
    pump({
      poll: async () => {
        tries += 1;
        throw tries % 3 === 0 ? new Error('reset') : new Unauthorised('wrong password');
      },
    });
    await rest();
    for (let i = 0; i < 10; i += 1) await pass(40_000);
    expect(refusals).toEqual([]);
  });
});

test('a listener says its port and is left alone until the connection closes', async () => {
  let listens = 0;
  const p = pump({
    listen: async () => {
      listens += 1;
      return { port: 2_525 };
    },
  });
  await rest();
  await pass(600_000);
  expect([p.port(), listens]).toEqual([2_525, 1]);
});

test('closing ends every loop at once, whatever it waits for', async () => {
  const p = pump({
    poll: async () => nothing,
    stream: async () => {
      throw new Error('reset');
    },
    listen: async () => ({ port: 1 }),
  });
  await rest();
  abort.abort();
  await p.ended;
});

describe('what does not work is told', () => {
  test('of a listener without a port, until it has one', async () => {
    let taken = true;
    pump({
      listen: async () => {
        if (taken) throw new Error('the port is taken');
        return { port: 2525 };
      },
    });
    await pass(2_000);
    expect(troubles).toEqual(['the port is taken']);
    taken = false;
    await pass(30_000);
    expect(troubles).toEqual(['the port is taken', null]);
  });

  test('never of one break that the next try mends', async () => {
    let polls = 0;
    pump({
      poll: async () => {
        if ((polls += 1) === 1) throw new Error('reset');
        return nothing;
      },
    });
    await pass(2_000);
    expect(troubles.filter((why) => why !== null)).toEqual([]);
  });

  test('of a stream until it has lasted', async () => {
    let opened = 0;
    pump({
      stream: () => {
        if ((opened += 1) <= 2) return Promise.reject(new Error('no route'));
        return new Promise(() => undefined);
      },
    });
    await pass(10_000);
    expect(troubles).toEqual(['no route']);
    await pass(30_000);
    expect(troubles).toEqual(['no route', null]);
  });

  test('in one short line, and once while that line stays the same', async () => {
    let tries = 0;
    pump({
      listen: () => Promise.reject(new Error(`${'no'.repeat(200)}\nat try ${(tries += 1)}`)),
    });
    await pass(60_000);
    expect(tries).toBeGreaterThan(3);
    expect(troubles).toEqual(['no'.repeat(150)]);
  });

  test('of each loop: one that works does not hide one that does not', async () => {
    pump({
      poll: async () => nothing,
      listen: () => Promise.reject(new Error('the port is taken')),
    });
    await pass(40_000);
    expect(troubles.at(-1)).toBe('the port is taken');
  });
});
