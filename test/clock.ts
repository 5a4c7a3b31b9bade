import type { Clock } from '../src/model/time.js';

/** A clock that stands still until a test moves it; milliseconds UTC. */
export interface TestClock extends Clock {
  pass(milliseconds: number): void;
  set(at: number): void;
}

export const TEST_START = Date.parse('2026-11-20T08:00:00Z');

export function testClock(start = TEST_START): TestClock {
  let at = start;
  return {
    now: () => at,
    pass: (milliseconds) => void (at += milliseconds),
    set: (time) => void (at = time),
  };
}
