/**
 * Time and chance as they are handed into everything that needs them, so that three days of
 * retries are tested in a millisecond. Times are integer milliseconds UTC since 1970.
 */
export interface Clock {
  readonly now: () => number;
}

/** A number in [0, 1). */
export type Chance = () => number;

export const systemClock: Clock = { now: () => Date.now() };

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A late or early platform clock is believed this far into the future, no further. */
const FUTURE_TOLERANCE = 5 * MINUTE;

export interface EffectiveTime {
  readonly at: number;
  /** True when the platform's own time was out of bounds and the time of receipt stands in for it. */
  readonly corrected: boolean;
}

/**
 * The time that ordering, windows, clocks and "latest conversation" use: `sentAt` if it lies
 * between `receivedAt` − redelivery window and `receivedAt` + 5 minutes, else `receivedAt`.
 */
export function effectiveTime(
  sentAt: number | null,
  receivedAt: number,
  redeliveryWindow: number,
): EffectiveTime {
  if (sentAt === null) return { at: receivedAt, corrected: false };
  const believable =
    sentAt >= receivedAt - redeliveryWindow && sentAt <= receivedAt + FUTURE_TOLERANCE;
  return believable ? { at: sentAt, corrected: false } : { at: receivedAt, corrected: true };
}
