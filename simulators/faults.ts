/**
 * The words in which a test tells a simulator to misbehave. Every simulator speaks these and no others, so
 * that a check written for one platform reads the same for the next.
 *
 * Two sides can go wrong. A request of the hub can be *answered* wrongly ({@link AnswerFault}); a delivery of
 * the platform to the hub can be *carried* wrongly ({@link CarriageFault}). Both are scripted by a {@link Rule}:
 * "the next n that match get this".
 */

/** Anything that can be written as JSON. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What the hub's request gets instead of, or before, the right answer.
 *
 * `taken` says whether the platform did the work all the same. A fault with `taken: true` is what makes a send
 * uncertain: the customer has the message, the hub does not know it.
 */
export type AnswerFault =
  /**
   * Wait `ms` milliseconds, then go on with the next fault of the rule, or with the right answer. With `taken`
   * the work is done before the wait: receipts may overtake the answer.
   */
  | { readonly kind: 'delay'; readonly ms: number; readonly taken?: boolean | undefined }
  /**
   * Answer this. `status` is the protocol's own word for a result: an HTTP status or an SMTP code as a number,
   * `NO`, `BAD` or `BYE` in IMAP. A platform error inside HTTP 200 is `status: 200` with that error as body.
   */
  | {
      readonly kind: 'answer';
      readonly status: number | string;
      readonly body: Json;
      readonly headers: Readonly<Record<string, string>>;
      readonly taken: boolean;
    }
  /**
   * Tear the connection down without an answer: `head` before the body is read (so `when` sees an empty body),
   * `body` when all of it was read.
   */
  | { readonly kind: 'reset'; readonly after: 'head' | 'body'; readonly taken: boolean }
  /** Begin the right answer and tear the connection down in the middle of it. */
  | { readonly kind: 'half'; readonly taken: boolean }
  /** Read everything and never answer. The connection stays open until the other side gives up. */
  | { readonly kind: 'silence'; readonly taken: boolean }
  /** Begin the right answer and bring it so slowly that nobody waits for its end. The connection stays open. */
  | { readonly kind: 'trickle'; readonly taken: boolean };

/** A message as it is about to leave for the hub, already signed. */
export interface WireMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What happens to a delivery on its way to the hub. */
export type CarriageFault =
  | { readonly kind: 'delay'; readonly ms: number }
  /** Deliver it `times` times in all, the copies being byte for byte the same. */
  | { readonly kind: 'duplicate'; readonly times: number }
  /** Keep it until `behind` later deliveries have gone out, then deliver it: it arrives out of order. */
  | { readonly kind: 'holdBack'; readonly behind: number }
  /** Never deliver it. */
  | { readonly kind: 'lose' }
  /** Change it after it was signed: a forgery, a stale timestamp, a cut body. */
  | { readonly kind: 'tamper'; readonly change: (message: WireMessage) => WireMessage };

/** "The next `times` that match `when` get `then`", in the order in which rules were added. */
export interface Rule<Event, Fault> {
  /** Which events it concerns; all of them when left out. */
  readonly when?: ((event: Event) => boolean) | undefined;
  /** How many events it lasts for; 1 when left out, `Infinity` for "until removed". */
  readonly times?: number | undefined;
  readonly then: Fault | readonly Fault[];
}

/** A rule that has been handed in. */
export interface ArmedRule {
  /** How many events it has struck so far. */
  readonly struck: number;
  /** Takes it away; an event that it has already struck keeps its faults. */
  remove(): void;
}

export interface Script<Event, Fault> {
  add(rule: Rule<Event, Fault>): ArmedRule;
  /**
   * The faults of the first rule that matches, which uses one of its times up; none if no rule matches.
   * `fits` narrows the rules to those whose faults can be carried out at this moment.
   */
  take(event: Event, fits?: (faults: readonly Fault[]) => boolean): readonly Fault[];
}

/** An empty script. */
export function createScript<Event, Fault>(): Script<Event, Fault> {
  const armed = new Set<{ rule: Rule<Event, Fault>; struck: number }>();

  function take(event: Event, fits?: (faults: readonly Fault[]) => boolean): readonly Fault[] {
    for (const entry of armed) {
      const { when, times = 1, then } = entry.rule;
      const faults = isList(then) ? then : [then];
      if (fits !== undefined && !fits(faults)) continue;
      if (when !== undefined && !when(event)) continue;
      entry.struck += 1;
      if (entry.struck >= times) armed.delete(entry);
      return faults;
    }
    return [];
  }

  return {
    take,
    add(rule) {
      const entry = { rule, struck: 0 };
      armed.add(entry);
      return {
        get struck() {
          return entry.struck;
        },
        remove: () => void armed.delete(entry),
      };
    },
  };
}

function isList<Fault>(then: Fault | readonly Fault[]): then is readonly Fault[] {
  return Array.isArray(then);
}

/** Wait, then go on. Fits both sides. */
export function delay(ms: number): { readonly kind: 'delay'; readonly ms: number } {
  return { kind: 'delay', ms };
}

/** Do the work at once, but answer only after `ms` milliseconds: receipts may overtake the answer. */
export function lateAnswer(ms: number): AnswerFault {
  return { kind: 'delay', ms, taken: true };
}

/** What may be left out of an {@link answer}. */
export interface AnswerDetails {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The platform did the work although it answers this; false when left out. */
  readonly taken?: boolean | undefined;
}

/** Answer with this status and body. */
export function answer(
  status: number | string,
  body: Json = '',
  details: AnswerDetails = {},
): AnswerFault {
  const { headers = {}, taken = false } = details;
  return { kind: 'answer', status, body, headers, taken };
}

/**
 * Tear the connection down as soon as the head of the request is recognised; nothing of it was done. For a
 * failure *before the first byte left* take the whole simulator offline instead: only a refused connection
 * proves to a client that nothing was sent.
 */
export function resetBeforeBody(): AnswerFault {
  return { kind: 'reset', after: 'head', taken: false };
}

/** Read the whole request and tear the connection down without an answer. */
export function resetWithoutAnswer(work: { readonly taken: boolean }): AnswerFault {
  return { kind: 'reset', after: 'body', taken: work.taken };
}

/** Answer rightly, but only the first half of it. */
export function halfAnswer(work: { readonly taken: boolean } = { taken: true }): AnswerFault {
  return { kind: 'half', taken: work.taken };
}

/** Read the whole request and never answer. */
export function silence(work: { readonly taken: boolean }): AnswerFault {
  return { kind: 'silence', taken: work.taken };
}

/** Begin the right answer and never come to its end in time. */
export function trickle(work: { readonly taken: boolean } = { taken: true }): AnswerFault {
  return { kind: 'trickle', taken: work.taken };
}

/** Deliver it this many times in all. */
export function duplicate(times = 2): CarriageFault {
  return { kind: 'duplicate', times };
}

/** Deliver it only after this many later deliveries. */
export function holdBack(behind = 1): CarriageFault {
  return { kind: 'holdBack', behind };
}

/** Never deliver it. */
export function lose(): CarriageFault {
  return { kind: 'lose' };
}

/** Change it after signing. */
export function tamper(change: (message: WireMessage) => WireMessage): CarriageFault {
  return { kind: 'tamper', change };
}

/** The body of a scripted answer as text; what is no text comes as JSON. */
export function bodyText(body: Json): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
