import { memoryInProcess, openRememberer } from './remember.js';
import type { Memory } from './remember.js';

const LIFE = 7_200_000;

function clockAt(start: number) {
  let at = start;
  return { now: () => at, advance: (milliseconds: number) => (at += milliseconds) };
}

/** A token endpoint that counts its calls and answers when told to. */
function endpoint(clock: { now: () => number }) {
  let calls = 0;
  return {
    calls: () => calls,
    compute: () => {
      calls += 1;
      return Promise.resolve({ value: `token-${calls}`, expiresAt: clock.now() + LIFE });
    },
  };
}

function opened(memory: Memory = memoryInProcess()) {
  const clock = clockAt(1_000_000);
  return { clock, ...openRememberer(memory, clock), tokens: endpoint(clock) };
}

describe('remember', () => {
  test('a hundred callers at once cause one computation and share its value', async () => {
    const { remember, tokens } = opened();
    const values = await Promise.all(
      Array.from({ length: 100 }, () => remember('token', tokens.compute)),
    );
    expect(new Set(values)).toEqual(new Set(['token-1']));
    expect(tokens.calls()).toBe(1);
  });

  test('a value is kept until it expires, and not a millisecond longer', async () => {
    const { remember, tokens, clock } = opened();
    await remember('token', tokens.compute);
    clock.advance(LIFE - 1);
    expect(await remember('token', tokens.compute)).toBe('token-1');
    clock.advance(1);
    expect(await remember('token', tokens.compute)).toBe('token-2');
  });

  test('names do not share values', async () => {
    const { remember, tokens } = opened();
    expect(await remember('a', tokens.compute)).toBe('token-1');
    expect(await remember('b', tokens.compute)).toBe('token-2');
  });

  test('a failed computation fails all who waited, and the next caller tries again', async () => {
    const { remember, tokens } = opened();
    const refuse = () => Promise.reject(new Error('refused'));
    const both = await Promise.allSettled([remember('token', refuse), remember('token', refuse)]);
    expect(both.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    expect(await remember('token', tokens.compute)).toBe('token-1');
  });

  test('a forgotten value is computed anew, also by a caller that asks in the same breath', async () => {
    const { remember, forget, tokens } = opened();
    await remember('token', tokens.compute);
    forget('token');
    forget('token');
    expect(await remember('token', tokens.compute)).toBe('token-2');
    expect(await remember('token', tokens.compute)).toBe('token-2');
  });

  test('ten sends that see one token refused cause one refresh', async () => {
    const { remember, forget, tokens } = opened();
    await remember('token', tokens.compute);
    const refused = async () => {
      forget('token');
      return remember('token', tokens.compute);
    };
    const values = await Promise.all(Array.from({ length: 10 }, refused));
    expect(new Set(values)).toEqual(new Set(['token-2']));
  });

  test('a late refusal of an old token leaves the new one alone', async () => {
    const { remember, forget, tokens } = opened();
    await remember('token', tokens.compute);
    forget('token', 'token-1');
    expect(await remember('token', tokens.compute)).toBe('token-2');
    forget('token', 'token-1');
    expect(await remember('token', tokens.compute)).toBe('token-2');
    forget('token', 'token-2');
    expect(await remember('token', tokens.compute)).toBe('token-3');
  });

  test('a value that has already expired is handed out once and not kept', async () => {
    const { remember, clock } = opened();
    let calls = 0;
    const compute = () =>
      Promise.resolve({ value: String((calls += 1)), expiresAt: clock.now() - 1 });
    expect(await remember('token', compute)).toBe('1');
    expect(await remember('token', compute)).toBe('2');
  });

  test('two openings over one memory share what it holds', async () => {
    const memory = memoryInProcess();
    const one = opened(memory);
    const other = opened(memory);
    expect(await one.remember('token', one.tokens.compute)).toBe('token-1');
    expect(await other.remember('token', other.tokens.compute)).toBe('token-1');
    expect(other.tokens.calls()).toBe(0);
  });
});
