/**
 * Until when, and how often, a platform takes answers: time × count × what opened it, read from the
 * connector's policies alone.
 *
 * Each trigger opens its window anew, and its count begins anew with it. Windows that are open at one
 * moment do not add up: the largest is in force, and of equal ones the one that opened last.
 */
import type { ReplyWindow } from '../sdk/definition.js';

/** The trigger that every customer's message is. */
export const CUSTOMER_MESSAGE = 'customerMessage';

/** What the windows of a conversation are measured by; times in milliseconds UTC. */
export interface Openings {
  /** When each trigger was last seen, by its name. */
  readonly opened: Readonly<Record<string, number>>;
  /** When each of our messages left; null: it still waits. What the platform refused is not among them. */
  readonly spent: readonly (number | null)[];
}

export interface WindowState {
  readonly open: boolean;
  /** When it closes or, of a closed one, when it did; null: never by time, or it never was open. */
  readonly closesAt: number | null;
  /** Null: not counted. */
  readonly messagesLeft: number | null;
  /** How many it takes in all; null: any number. */
  readonly most: number | null;
}

const ALWAYS: WindowState = { open: true, closesAt: null, messagesLeft: null, most: null };
const NEVER_OPENED: WindowState = { ...ALWAYS, open: false };

/** A window is open up to and including the millisecond at which it closes. */
export function windowState(
  windows: readonly ReplyWindow[],
  { opened, spent }: Openings,
  now: number,
): WindowState {
  if (windows.length === 0) return ALWAYS;
  const seen = windows.flatMap((window): Seen[] => {
    const at = opened[window.opensOn];
    return at === undefined ? [] : [{ at, until: at + (window.lasts ?? Infinity), window }];
  });
  const inForce = seen.filter(({ until }) => now <= until).sort(largest)[0];
  const last = inForce ?? seen.sort((one, other) => other.until - one.until)[0];
  if (last === undefined) return NEVER_OPENED;
  const { at, until, window } = last;
  const used = spent.filter((left) => left === null || left >= at).length;
  const messagesLeft = window.messages === null ? null : Math.max(window.messages - used, 0);
  const open = inForce !== undefined && messagesLeft !== 0;
  const closesAt = until === Infinity ? null : until;
  return { open, closesAt, messagesLeft, most: window.messages };
}

/** A window whose trigger was seen. */
interface Seen {
  readonly at: number;
  readonly until: number;
  readonly window: ReplyWindow;
}

function largest(one: Seen, other: Seen): number {
  const [few, many] = [one.window.messages ?? Infinity, other.window.messages ?? Infinity];
  return few === many ? other.at - one.at : many - few;
}

/** Since when our messages count in any of these windows that is not over; null: none of them counts any. */
export function countsSince(
  windows: readonly ReplyWindow[],
  opened: Openings['opened'],
  now: number,
): number | null {
  const times = windows.flatMap(({ opensOn, messages, lasts }) => {
    const at = opened[opensOn];
    const counts = at !== undefined && messages !== null && now <= at + (lasts ?? Infinity);
    return counts ? [at] : [];
  });
  return times.length === 0 ? null : Math.min(...times);
}
