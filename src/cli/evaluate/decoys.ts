import type { Outcome } from './outcome.js';
import { groupBy, pairName, pairsAmong, share } from './sets.js';

/** Hard negatives of one kind: complaints that must stay apart, and those that ended in one ticket. */
export interface DecoyFigures {
  readonly complaints: number;
  readonly pairs: number;
  readonly wronglyMergedPairs: number;
  readonly complaintsMixed: number;
  readonly wrongRate: number | null;
  readonly mixedShare: number | null;
}

/** A ticket with more of them is a heap: its pairs say nothing more, and would be counted for minutes. */
const HEAP = 400;

export function decoysOf({ matters, ticketOf }: Outcome): Readonly<Record<string, DecoyFigures>> {
  const lying = matters.flatMap(({ complaint, messages }) =>
    (messages[0]?.decoys ?? []).map(({ kind, group }) => ({ kind, group, complaint })),
  );
  const ticketsOf = new Map(
    matters.map(({ complaint, messages }) => [
      complaint,
      new Set(messages.map(({ id }) => ticketOf(id))),
    ]),
  );
  const figures: Record<string, DecoyFigures> = {};
  for (const [kind, ofKind] of [...groupBy(lying, (one) => one.kind)].sort(byName)) {
    const groups = [...groupBy(ofKind, ({ group }) => group).values()]
      .map((group) => new Set(group.map(({ complaint }) => complaint)))
      .filter(({ size }) => size > 1);
    if (groups.length > 0) figures[kind] = figuresOf(groups, ticketsOf);
  }
  return figures;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a.localeCompare(b);

function figuresOf(
  groups: readonly ReadonlySet<string>[],
  ticketsOf: ReadonlyMap<string, ReadonlySet<string>>,
): DecoyFigures {
  const tally = { complaints: 0, pairs: 0, wronglyMergedPairs: 0, complaintsMixed: 0 };
  for (const complaints of groups) {
    const places = [...complaints].flatMap((complaint) =>
      [...(ticketsOf.get(complaint) ?? [])].map((ticket) => ({ complaint, ticket })),
    );
    const wrong = new Set<string>();
    const touched = new Set<string>();
    for (const here of groupBy(places, ({ ticket }) => ticket).values()) {
      if (here.length < 2) continue;
      for (const { complaint } of here) touched.add(complaint);
      if (here.length < HEAP) for (const name of pairNames(here)) wrong.add(name);
    }
    tally.complaints += complaints.size;
    tally.pairs += pairsAmong(complaints.size);
    tally.wronglyMergedPairs += wrong.size;
    tally.complaintsMixed += touched.size;
  }
  return {
    ...tally,
    wrongRate: share(tally.wronglyMergedPairs, tally.pairs),
    mixedShare: share(tally.complaintsMixed, tally.complaints),
  };
}

function pairNames(here: readonly { readonly complaint: string }[]): readonly string[] {
  return here.flatMap(({ complaint }, i) =>
    here.slice(i + 1).map((other) => pairName(complaint, other.complaint)),
  );
}
