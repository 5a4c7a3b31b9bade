import type { Chance } from '../../model/time.js';

/** The same numbers every time, so that what a check finds once it finds again (mulberry32). */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An integer from 0 up to but not `below`. */
export function below(chance: Chance, limit: number): number {
  return Math.floor(chance() * limit);
}
