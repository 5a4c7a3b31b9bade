/**
 * Called by: file, for a ticket that was just opened.
 * Given: the ticket, and the person its conversation belongs to.
 * Leaves behind: a merge Link with its evidence, when the same proven person has an open ticket.
 */
import { mergeTickets } from '../desk/graph.js';
import { openRootOfPerson } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export interface MatchRule {
  /** How far back the other ticket's last message may lie, milliseconds. */
  readonly samePersonWithin: number;
}

/** A ticket that was just opened. */
export interface Opened {
  readonly ticket: number;
  /** Root of the person who proved to be behind it. */
  readonly person: number;
  /** When its message was said: an import is compared with what was open then. */
  readonly at: number;
}

/** Merges the new ticket with an open one of the same proven person; returns the root. */
export function* match({ ticket, person, at }: Opened, rule: MatchRule, now: number): Work<number> {
  const within = { from: at - rule.samePersonWithin, to: at + rule.samePersonWithin };
  const other = yield* openRootOfPerson(person, ticket, within);
  if (other === undefined) return ticket;
  const days = Math.round(rule.samePersonWithin / 86_400_000);
  const root = yield* mergeTickets(other.id, ticket, {
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
  return root ?? ticket;
}
