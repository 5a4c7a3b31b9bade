/**
 * Called by: match and file-message.
 * Given: tickets.
 * Leaves behind: nothing; the complaints they belong to, as matching sees them.
 */
import type { Side } from '../matching/compare.js';
import { addFacts, type Facts } from '../matching/facts.js';
import { atBestProof, type Identity } from '../model/identity.js';
import type { Status } from '../model/ticket-state.js';
import type { MemberRow } from '../store/tellings.js';
import type { Heard } from './telling.js';

/** A root with its members; what they told is one side of a comparison. */
export interface Complaint {
  readonly root: number;
  /** The root and all its members, also those that told nothing. */
  readonly tickets: readonly number[];
  readonly members: readonly Member[];
  readonly spam: boolean;
  readonly side: Side;
}

export interface Member extends Heard {
  readonly ticket: number;
}

/** The complaints of these members, by root; those that told nothing which could be read are left out. */
export function complaintsOf(rows: readonly MemberRow[]): ReadonlyMap<number, Complaint> {
  const byRoot = new Map<number, MemberRow[]>();
  for (const row of rows) {
    const known = byRoot.get(row.root);
    if (known === undefined) byRoot.set(row.root, [row]);
    else known.push(row);
  }
  const complaints = new Map<number, Complaint>();
  for (const [root, members] of byRoot) {
    const complaint = complaintOf(root, members);
    if (complaint !== null) complaints.set(root, complaint);
  }
  return complaints;
}

function complaintOf(root: number, rows: readonly MemberRow[]): Complaint | null {
  const members = rows.flatMap(memberOf);
  const top = rows.find(({ id }) => id === root);
  if (top === undefined) return null;
  const told = foldOf(members);
  if (told === null) return null;
  return {
    root,
    tickets: rows.map(({ id }) => id),
    members,
    spam: top.spam === 1,
    side: {
      ...told,
      persons: [...new Set(rows.map(({ person }) => person))],
      openedAt: Math.min(...rows.map(({ opened_at }) => opened_at)),
      lastAt: Math.max(...rows.map(({ last_message_at }) => last_message_at)),
      status: top.status as Status,
      conversations: rows.map((row) => ({
        id: row.conversation_id,
        connection: row.connection_id,
        channel: row.channel,
      })),
    },
  };
}

function memberOf({ id, facts, identities }: MemberRow): readonly Member[] {
  if (facts === null || identities === null) return [];
  return [
    {
      ticket: id,
      facts: JSON.parse(facts) as Facts,
      identities: JSON.parse(identities) as readonly Identity[],
    },
  ];
}

/** All that several have told, the oldest first. */
export function foldOf(heard: readonly Heard[]): Heard | null {
  const [first, ...others] = heard;
  if (first === undefined) return null;
  return others.reduce((all, one) => together(all, one), first);
}

/** What was told, and what was told after it. */
export function together(before: Heard, more: Heard): Heard {
  return {
    facts: addFacts(before.facts, more.facts),
    identities: atBestProof([...before.identities, ...more.identities]).slice(0, MOST_IDENTITIES),
  };
}

/** Of a thread that hundreds write on, the first are remembered. */
const MOST_IDENTITIES = 40;

/** The complaint of a ticket that has just been opened. */
export function opening(ticket: number, side: Side): Complaint {
  const { facts, identities } = side;
  return {
    root: ticket,
    tickets: [ticket],
    members: [{ ticket, facts, identities }],
    spam: false,
    side,
  };
}
