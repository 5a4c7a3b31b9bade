import { groupBy, Union } from './sets.js';
import { LEVELS, type Level, type Suggestion, type TruthRow } from './truth.js';

/** What the hub made of the messages, beside what is true of them. */
export interface Outcome {
  readonly truth: readonly TruthRow[];
  readonly byId: ReadonlyMap<string, TruthRow>;
  /** Messages that were never filed; each counts as a ticket of its own. */
  readonly missing: number;
  /** The ticket of a message, after everything that was merged. */
  readonly ticketOf: (message: string) => string;
  readonly tickets: ReadonlyMap<string, readonly TruthRow[]>;
  readonly matters: readonly Matter[];
  readonly asks: Asks;
}

/** One complaint, or one thing that is none. */
export interface Matter {
  readonly complaint: string;
  readonly messages: readonly TruthRow[];
  /** Messages that a careful person could tell to be one: joined by links that are not ambiguous. */
  readonly decidable: (message: string) => string;
  /** True when the tickets of both are one, or connected by questions whose answer is yes. */
  readonly connected: (one: string, other: string) => boolean;
}

export interface Asks {
  readonly pairs: number;
  readonly right: number;
  readonly wrong: number;
  readonly alreadyMerged: number;
  readonly unknownMessages: number;
  readonly wrongBecause: {
    readonly sameCustomer: number;
    readonly sameIncident: number;
    readonly other: number;
  };
}

export function outcomeOf(
  truth: readonly TruthRow[],
  assignments: ReadonlyMap<string, string>,
  suggestions: readonly Suggestion[],
): Outcome {
  const byId = new Map(truth.map((row) => [row.id, row]));
  const filed = (id: string): string => assignments.get(id) ?? `(alone) ${id}`;
  const known = suggestions.filter(({ a, b }) => byId.has(a) && byId.has(b));
  const merged = new Union<string>();
  for (const { a, b, decision } of known) {
    if (decision === 'auto') merged.join(filed(a), filed(b));
  }
  const ticketOf = (id: string): string => merged.find(filed(id));
  const tickets = groupBy(truth, ({ id }) => ticketOf(id));
  const questions = known.filter(({ decision }) => decision === 'ask');
  const asked = askedOf({ byId, ticketOf, tickets }, questions);
  const matters = [...groupBy(truth, ({ complaint }) => complaint)].map(([complaint, messages]) =>
    matterOf({ complaint, messages, byId, ticketOf }, asked.edges.get(complaint) ?? []),
  );
  return {
    ...{ truth, byId, ticketOf, tickets, matters },
    missing: truth.filter(({ id }) => !assignments.has(id)).length,
    asks: { ...asked.asks, unknownMessages: suggestions.length - known.length },
  };
}

type Edge = readonly [string, string];

interface Tickets {
  readonly byId: ReadonlyMap<string, TruthRow>;
  readonly ticketOf: (message: string) => string;
  readonly tickets: ReadonlyMap<string, readonly TruthRow[]>;
}

/** Each pair of tickets is asked about once; right when both hold a part of one complaint. */
function askedOf({ byId, ticketOf, tickets }: Tickets, questions: readonly Suggestion[]) {
  const seen = new Set<string>();
  const edges = new Map<string, Edge[]>();
  const tally = { pairs: 0, right: 0, wrong: 0, alreadyMerged: 0 };
  const wrongBecause = { sameCustomer: 0, sameIncident: 0, other: 0 };
  const held = (ticket: string): ReadonlySet<string> =>
    new Set((tickets.get(ticket) ?? []).map(({ complaint }) => complaint));
  for (const { a, b } of questions) {
    const edge: Edge = [ticketOf(a), ticketOf(b)];
    if (edge[0] === edge[1]) {
      tally.alreadyMerged += 1;
      continue;
    }
    const name = JSON.stringify([...edge].sort());
    if (seen.has(name)) continue;
    seen.add(name);
    tally.pairs += 1;
    const other = held(edge[1]);
    const common = [...held(edge[0])].filter((complaint) => other.has(complaint));
    for (const complaint of common) edges.set(complaint, [...(edges.get(complaint) ?? []), edge]);
    if (common.length > 0) tally.right += 1;
    else {
      tally.wrong += 1;
      wrongBecause[whyWrong(byId.get(a), byId.get(b))] += 1;
    }
  }
  return { asks: { ...tally, wrongBecause }, edges };
}

function whyWrong(
  one: TruthRow | undefined,
  other: TruthRow | undefined,
): 'sameCustomer' | 'sameIncident' | 'other' {
  if (one?.customer === other?.customer) return 'sameCustomer';
  const incident = one?.incident ?? '';
  return incident !== '' && incident === other?.incident ? 'sameIncident' : 'other';
}

interface Told {
  readonly complaint: string;
  readonly messages: readonly TruthRow[];
  readonly byId: ReadonlyMap<string, TruthRow>;
  readonly ticketOf: (message: string) => string;
}

function matterOf({ complaint, messages, byId, ticketOf }: Told, asked: readonly Edge[]): Matter {
  const decidable = new Union<string>();
  for (const { id, parent, difficulty } of messages) {
    const hangs = parent !== null && byId.get(parent)?.complaint === complaint;
    if (hangs && rank(difficulty) < rank('ambiguous')) decidable.join(parent, id);
  }
  const answered = new Union<string>();
  for (const [one, other] of asked) answered.join(one, other);
  return {
    complaint,
    messages,
    decidable: (message) => decidable.find(message),
    connected: (one, other) => answered.find(ticketOf(one)) === answered.find(ticketOf(other)),
  };
}

const rank = (level: Level): number => LEVELS.indexOf(level);
