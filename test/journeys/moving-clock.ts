import type { Clock } from '../../src/model/time.js';

/** The time of day, which a test may put forward: no test waits for a minute to pass. */
export interface MovingClock extends Clock {
  /** Puts it forward by so many milliseconds. */
  pass(milliseconds: number): void;
}

export function movingClock(): MovingClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    pass: (milliseconds) => void (ahead += milliseconds),
  };
}
