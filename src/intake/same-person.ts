/**
 * Called by: file-message, for a ticket that was just opened, where complaints are not compared by evidence.
 * Given: the ticket, and the person its conversation belongs to.
 * Leaves behind: a merge Link with its evidence, when the same proven person has an open ticket.
 */
import type { SamePerson } from './matching.js';
import { mergeTickets } from '../desk/graph.js';
import { DAY } from '../model/time.js';
import { openRootOfPerson } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** A ticket that was just opened. */
export interface Opened {
  readonly ticket: number;
  /** Root of the person who proved to be behind it. */
  readonly person: number;
  /** When its message was said: an import is compared with what was open then. */
  readonly at: number;
}

/** Merges the new ticket with an open one of the same proven person. */
export function* joinSamePerson(
  { ticket, person, at }: Opened,
  { samePersonWithin: span }: SamePerson,
  now: number,
): Work<void> {
  const other = yield* openRootOfPerson(person, ticket, { from: at - span, to: at + span });
  if (other === undefined) return;
  const days = Math.round(span / DAY);
  yield* mergeTickets(other.id, ticket, {
    author: 'hubbub',
    at: now,
    evidence: [
      {
        kind: 'samePerson',
        weight: null,
        sentence: {
          en: `the same person, by a proven handle, has this ticket open and wrote within ${days} days`,
          zh: `同一客户(身份已验证)在 ${days} 天内有一张未解决的工单`,
        },
      },
    ],
  });
}
