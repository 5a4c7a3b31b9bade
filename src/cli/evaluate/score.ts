import { decoysOf, type DecoyFigures } from './decoys.js';
import { linksOf, type LinkFigures, type Recall } from './links.js';
import type { Asks, Outcome } from './outcome.js';
import { f1, groupBy, pairsAmong, share, Union } from './sets.js';
import type { TruthRow } from './truth.js';

/** Shares lie between 0 and 1; null: there was nothing to take a share of. */
type Share = number | null;

export interface Headline {
  readonly crossPrecision: Share;
  readonly linkRecallAuto: Share;
  readonly linkRecallAutoOrAsk: Share;
  readonly complaintsFoundAuto: Share;
  readonly complaintsFoundAutoOrAsk: Share;
  readonly customerMixRate: Share;
  readonly customerMixedTickets: number;
  readonly wrongMergesPer1000Tickets: Share;
  readonly wrongAcrossConversationsPer1000: Share;
  readonly wrongInsideConversationPer1000: Share;
  readonly falseAskRate: Share;
  readonly asksPer1000Messages: Share;
}

export interface Bcubed {
  readonly precision: Share;
  /** Of what a careful person could tell to be one. */
  readonly recall: Share;
  readonly f1: Share;
}

export interface Figures {
  readonly messages: number;
  readonly tickets: number;
  readonly complaints: number;
  readonly missingAssignments: number;
  readonly headline: Headline;
  readonly bcubed: Bcubed;
  readonly asks: Asks;
  readonly links: LinkFigures;
  readonly decoys: Readonly<Record<string, DecoyFigures>>;
}

/**
 * Compares what was filed with the truth. Ambiguous links are left out of every recall of the
 * headline. B-cubed: Bagga & Baldwin 1998, the mean over messages of the purity of their ticket and
 * of the completeness of their complaint.
 */
export function scoreOf(outcome: Outcome): Figures {
  const { truth, tickets, matters, missing, asks } = outcome;
  const { all, ...links } = linksOf(outcome);
  const found = complaintsFound(outcome);
  const mixed = mixedUp(outcome);
  const perTickets = (n: number): Share => share(n * 1_000, tickets.size);
  return {
    messages: truth.length,
    tickets: tickets.size,
    complaints: matters.length,
    missingAssignments: missing,
    headline: {
      crossPrecision: crossPrecision(outcome),
      linkRecallAuto: all?.recallAuto ?? null,
      linkRecallAutoOrAsk: all?.recallAutoOrAsk ?? null,
      complaintsFoundAuto: found.recallAuto,
      complaintsFoundAutoOrAsk: found.recallAutoOrAsk,
      customerMixRate: share(mixed.customers, tickets.size),
      customerMixedTickets: mixed.customers,
      wrongMergesPer1000Tickets: perTickets(mixed.across + mixed.inside),
      wrongAcrossConversationsPer1000: perTickets(mixed.across),
      wrongInsideConversationPer1000: perTickets(mixed.inside),
      falseAskRate: share(asks.wrong, asks.pairs),
      asksPer1000Messages: share(asks.pairs * 1_000, truth.length),
    },
    bcubed: bcubedOf(outcome),
    asks,
    links,
    decoys: decoysOf(outcome),
  };
}

/** Pairs of messages from different conversations. */
function crossPairs(messages: readonly TruthRow[]): number {
  const threads = groupBy(messages, ({ conversation }) => conversation);
  let inside = 0;
  for (const thread of threads.values()) inside += pairsAmong(thread.length);
  return pairsAmong(messages.length) - inside;
}

/** Of all pairs in one ticket but from different conversations, the share that belongs together. */
function crossPrecision({ tickets }: Outcome): Share {
  let all = 0;
  let right = 0;
  for (const messages of tickets.values()) {
    all += crossPairs(messages);
    for (const one of groupBy(messages, ({ complaint }) => complaint).values()) {
      right += crossPairs(one);
    }
  }
  return share(right, all);
}

/** Complaints spread over several conversations with all their decidable parts together. */
function complaintsFound({ matters, ticketOf }: Outcome): Recall {
  const tally = { links: 0, auto: 0, autoOrAsk: 0 };
  for (const { messages, decidable, connected } of matters) {
    for (const part of groupBy(messages, ({ id }) => decidable(id)).values()) {
      const [first, ...others] = part;
      if (first === undefined || !isSpread(part)) continue;
      tally.links += 1;
      if (others.every(({ id }) => ticketOf(id) === ticketOf(first.id))) tally.auto += 1;
      if (others.every(({ id }) => connected(id, first.id))) tally.autoOrAsk += 1;
    }
  }
  return {
    links: tally.links,
    recallAuto: share(tally.auto, tally.links),
    recallAutoOrAsk: share(tally.autoOrAsk, tally.links),
  };
}

const isSpread = (messages: readonly TruthRow[]): boolean =>
  new Set(messages.map(({ conversation }) => conversation)).size > 1;

/**
 * Tickets of two customers, and surplus matters in tickets: `inside` by one conversation that told
 * two of them, `across` by a merge.
 */
function mixedUp({ tickets }: Outcome): { customers: number; across: number; inside: number } {
  const mixed = { customers: 0, across: 0, inside: 0 };
  for (const messages of tickets.values()) {
    if (new Set(messages.map(({ customer }) => customer)).size > 1) mixed.customers += 1;
    const held = new Set(messages.map(({ complaint }) => complaint));
    if (held.size < 2) continue;
    const onThreads = new Union<string>();
    for (const thread of groupBy(messages, ({ conversation }) => conversation).values()) {
      for (const { complaint } of thread) onThreads.join(thread[0]?.complaint ?? '', complaint);
    }
    const parts = new Set([...held].map((complaint) => onThreads.find(complaint))).size;
    mixed.across += parts - 1;
    mixed.inside += held.size - parts;
  }
  return mixed;
}

function bcubedOf({ truth, tickets, matters, ticketOf }: Outcome): Bcubed {
  let precision = 0;
  let recall = 0;
  for (const { messages, decidable } of matters) {
    for (const [ticket, here] of groupBy(messages, ({ id }) => ticketOf(id))) {
      precision += here.length ** 2 / (tickets.get(ticket)?.length ?? 1);
    }
    for (const part of groupBy(messages, ({ id }) => decidable(id)).values()) {
      for (const here of groupBy(part, ({ id }) => ticketOf(id)).values()) {
        recall += here.length ** 2 / part.length;
      }
    }
  }
  const shares = { precision: share(precision, truth.length), recall: share(recall, truth.length) };
  return { ...shares, f1: f1(shares.precision, shares.recall) };
}
