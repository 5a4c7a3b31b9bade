/**
 * Called by: file-message, match and retell.
 * Given: members of complaints, as they are stored.
 * Leaves behind: nothing; the complaints as matching sees them.
 */
import type { Side } from '../matching/pair.js';
import { addFacts, type Facts } from '../matching/facts.js';
import { readFacts } from '../matching/stored-facts.js';
import { atBestProof, type Identity } from '../model/identity.js';
import type { Status } from '../model/ticket-state.js';
import { factsOf, membersOf, type MemberRow } from '../store/tellings.js';
import type { Work } from '../store/work.js';

/** What one message says, and who says it. */
export interface Heard {
  readonly facts: Facts;
  readonly identities: readonly Identity[];
}

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

/**
 * Reads complaints by any of their tickets, and remembers what the last ones told: a complaint that is
 * looked at again and again is fetched, read and folded once. It goes by the digests of what is stored
 * now, so it is never out of date, whatever was rolled back or written elsewhere.
 */
export type ComplaintReader = (tickets: readonly number[]) => Work<ComplaintsRead>;

export interface ComplaintsRead {
  /** By root; those that told nothing which could be read are left out. */
  readonly complaints: ReadonlyMap<number, Complaint>;
  /** Members whose facts this version of the program cannot read: they are to be told again. */
  readonly unread: readonly number[];
}

/** Complaints remembered, some kilobytes each. */
const REMEMBERED = 2_000;

export function openComplaintReader(): ComplaintReader {
  const memory = new Map<number, Remembered>();
  return function* (tickets) {
    const remembered = tickets.filter((ticket) => memory.has(ticket));
    const roots = byRoot(yield* membersOf(tickets, remembered));
    yield* learn(memory, roots);
    const complaints = new Map<number, Complaint>();
    const unread: number[] = [];
    for (const [root, members] of roots) {
      const known = memory.get(root);
      if (known === undefined) continue;
      unread.push(...known.unread);
      if (known.told !== null) complaints.set(root, complaintOf(root, members, known.told));
    }
    forgetOldest(memory);
    return { complaints, unread };
  };
}

interface Remembered {
  readonly digests: string;
  readonly told: Told | null;
  readonly unread: readonly number[];
}

interface Told {
  readonly members: readonly Member[];
  /** All of it together. */
  readonly all: Heard;
}

/** Reads what is not remembered as it is stored now; what was asked for moves to the young end. */
function* learn(
  memory: Map<number, Remembered>,
  roots: ReadonlyMap<number, readonly MemberRow[]>,
): Work<void> {
  const missing = new Map<number, string>();
  for (const [root, rows] of roots) {
    const digests = rows.map(({ id, digest }) => `${id}.${digest ?? ''}`).join();
    const known = memory.get(root);
    memory.delete(root);
    if (known?.digests === digests) memory.set(root, known);
    else missing.set(root, digests);
  }
  const rowsOf = (root: number): readonly MemberRow[] => roots.get(root) ?? [];
  const members = yield* membersIn([...missing.keys()].flatMap(rowsOf));
  for (const [root, digests] of missing) {
    const told = rowsOf(root).flatMap(({ id }) => members.get(id) ?? []);
    const unread = rowsOf(root).flatMap(({ id }) => (members.get(id) === null ? [id] : []));
    const all = foldOf(told);
    memory.set(root, { digests, told: all === null ? null : { members: told, all }, unread });
  }
}

function forgetOldest(memory: Map<number, Remembered>): void {
  for (const root of memory.keys()) {
    if (memory.size <= REMEMBERED) return;
    memory.delete(root);
  }
}

/** Those who told anything, with what they told; null where that cannot be read. */
function* membersIn(rows: readonly MemberRow[]): Work<ReadonlyMap<number, Member | null>> {
  const tellers = rows.filter(({ digest }) => digest !== null);
  // It was remembered, and told more since.
  const changed = tellers.flatMap(({ id, facts }) => (facts === null ? [id] : []));
  const fetched = yield* factsOf(changed);
  return new Map(
    tellers.map((row) => [row.id, memberOf(row, row.facts ?? fetched.get(row.id) ?? '')]),
  );
}

function memberOf({ id: ticket, identities }: MemberRow, text: string): Member | null {
  const facts = readFacts(text);
  if (facts === null) return null;
  return { ticket, facts, identities: JSON.parse(identities ?? '[]') as readonly Identity[] };
}

function byRoot(rows: readonly MemberRow[]): ReadonlyMap<number, readonly MemberRow[]> {
  const roots = new Map<number, MemberRow[]>();
  for (const row of rows) {
    const known = roots.get(row.root);
    if (known === undefined) roots.set(row.root, [row]);
    else known.push(row);
  }
  return roots;
}

function complaintOf(root: number, rows: readonly MemberRow[], told: Told): Complaint {
  const top = rows.find(({ id }) => id === root);
  return {
    root,
    tickets: rows.map(({ id }) => id),
    members: told.members,
    spam: top?.spam === 1,
    side: {
      facts: told.all.facts,
      identities: told.all.identities,
      persons: [...new Set(rows.map(({ person }) => person))],
      openedAt: Math.min(...rows.map(({ opened_at }) => opened_at)),
      lastAt: Math.max(...rows.map(({ last_message_at }) => last_message_at)),
      status: (top?.status ?? 'new') as Status,
      conversations: rows.map((row) => ({
        id: row.conversation_id,
        connection: row.connection_id,
        channel: row.channel,
      })),
    },
  };
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
