/** How much more work a larger input is. Counted in processor time of this process, so a busy machine is no fault. */

/** What stands below this is noise of the compiler and the collector. */
const NOISE_MS = 60;
/** The best of these: a pause of the collector hits one of them, a quadratic step hits all. */
const ROUNDS = 3;
/** Four times the input may cost this many times as much; a quadratic step costs sixteen times. */
const MOST_FOR_FOURFOLD = 10;

export interface Growth {
  /** Milliseconds of processor time for the small input. */
  readonly small: number;
  /** The same for one four times as large. */
  readonly large: number;
  readonly linear: boolean;
}

/** Works on an input and on one four times as large; `work` is given the size. */
export function growth(size: number, work: (size: number) => unknown): Growth {
  let found: Growth = { small: 0, large: Number.POSITIVE_INFINITY, linear: false };
  for (let round = 0; round < ROUNDS && !found.linear; round += 1) {
    const small = Math.max(
      processorTime(() => work(size)),
      NOISE_MS,
    );
    const large = processorTime(() => work(size * 4));
    found = { small, large, linear: large < small * MOST_FOR_FOURFOLD };
  }
  return found;
}

function processorTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
