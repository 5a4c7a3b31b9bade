/**
 * Called by: file-message, match and retell.
 * Given: members of complaints, as they are stored.
 * Leaves behind: nothing; the complaints as matching sees them.
 */
import type { Side } from '../matching/pair.js';
import { addFacts, type Facts } from '../matching/facts.js';
import { atBestProof, type Identity } from '../model/identity.js';
import type { Status } from '../model/ticket-state.js';
import type { MemberRow } from '../store/tellings.js';

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
 * Reads complaints, and remembers what the last ones told: a complaint that is looked at again and
 * again is read and folded once. It goes by the stored text itself, so it can never be out of date.
 */
export interface ComplaintReader {
  /** By root; those that told nothing which could be read are left out. */
  (rows: readonly MemberRow[]): ReadonlyMap<number, Complaint>;
}

/** Complaints remembered, some kilobytes each. */
const REMEMBERED = 2_000;

export function openComplaintReader(): ComplaintReader {
  const memory = new Map<number, Remembered>();
  return (rows) => {
    const complaints = new Map<number, Complaint>();
    for (const [root, members] of byRoot(rows)) {
      const told = remembered(memory, root, members);
      if (told !== null) complaints.set(root, complaintOf(root, members, told));
    }
    return complaints;
  };
}

interface Remembered {
  readonly texts: readonly (string | null)[];
  readonly told: Told | null;
}

interface Told {
  readonly members: readonly Member[];
  /** All of it together. */
  readonly all: Heard;
}

function remembered(
  memory: Map<number, Remembered>,
  root: number,
  rows: readonly MemberRow[],
): Told | null {
  const texts = rows.flatMap(({ id, facts, identities }) => [String(id), facts, identities]);
  const known = memory.get(root);
  memory.delete(root);
  const isSame =
    known?.texts.length === texts.length && known.texts.every((text, i) => text === texts[i]);
  const fresh = isSame ? known : { texts, told: toldBy(rows) };
  memory.set(root, fresh);
  const [oldest] = memory.keys();
  if (memory.size > REMEMBERED && oldest !== undefined) memory.delete(oldest);
  return fresh.told;
}

function toldBy(rows: readonly MemberRow[]): Told | null {
  const members = rows.flatMap(memberOf);
  const all = foldOf(members);
  return all === null ? null : { members, all };
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
