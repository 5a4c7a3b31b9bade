import type { MatchingRules } from './rules.js';
import { FEATURES, type Feature } from './weights.js';

/** A compared pair of which somebody knows whether it is one matter. */
export interface Labelled {
  readonly features: readonly string[];
  readonly same: boolean;
}

export interface Fitted {
  /** The present rules with new weights and thresholds. */
  readonly rules: MatchingRules;
  /** log2 of the odds that a pair which blocking proposes is one matter, before any evidence. */
  readonly prior: number;
  /** How often each feature was seen in pairs of one matter and of two. */
  readonly counts: Readonly<Record<Feature, { readonly same: number; readonly different: number }>>;
}

/** How firmly the present weights are believed: as many pairs must speak against one to halve it. */
const RIDGE = 1;
const ROUNDS = 60;
/** Longest step of a round, in units of log-odds. */
const LONGEST = 2;
/** Merged from odds of about 5 : 1 on, asked from about 1 : 3 on. */
const AUTO = 2.25;
const ASK = -1.5;

/**
 * Estimates weights from labelled pairs. log2(m/u) of each feature by itself (Fellegi & Sunter 1969)
 * counts evidence twice where features go together, a phone and a name, say; fitting all of them at
 * once to the same sum of log-odds (logistic regression, by Newton's method) does not. A ridge
 * keeps what was hardly seen near its present weight.
 */
export function fitWeights(pairs: readonly Labelled[], rules: MatchingRules): Fitted {
  const index = new Map<string, number>(FEATURES.map((feature, at) => [feature, at]));
  const rows = pairs.map(({ features, same }) => ({
    seen: [...new Set(features)]
      .flatMap((feature) => index.get(feature) ?? [])
      .concat(FEATURES.length),
    same,
  }));
  const start = [...FEATURES.map((feature) => rules.weights[feature] * Math.LN2), 0];
  const fitted = newton(rows, start);
  const prior = rounded((fitted.at(-1) ?? 0) / Math.LN2);
  const weights = Object.fromEntries(
    FEATURES.map((feature, at) => [feature, rounded((fitted[at] ?? 0) / Math.LN2)]),
  ) as Record<Feature, number>;
  const decision = { ...rules.decision, auto: rounded(AUTO - prior), ask: rounded(ASK - prior) };
  return { rules: { ...rules, weights, decision }, prior, counts: countsOf(pairs) };
}

/** Comparing leaves out what weighs nothing; to learn a weight it must be seen. */
export function withEveryFeature(rules: MatchingRules): MatchingRules {
  const weights = Object.fromEntries(
    FEATURES.map((feature) => [
      feature,
      rules.weights[feature] === 0 ? 1e-9 : rules.weights[feature],
    ]),
  ) as Record<Feature, number>;
  return { ...rules, weights };
}

/** Quarters of a bit: finer is noise. */
const rounded = (bits: number): number => Math.max(-30, Math.min(30, Math.round(bits * 4) / 4));

function countsOf(pairs: readonly Labelled[]): Fitted['counts'] {
  const counts = Object.fromEntries(
    FEATURES.map((feature) => [feature, { same: 0, different: 0 }]),
  ) as Record<string, { same: number; different: number }>;
  for (const { features, same } of pairs) {
    for (const feature of new Set(features)) {
      const count = counts[feature];
      if (count !== undefined) count[same ? 'same' : 'different'] += 1;
    }
  }
  return counts as Fitted['counts'];
}

interface Row {
  /** Indexes of the features seen; the last is the prior, always seen. */
  readonly seen: readonly number[];
  readonly same: boolean;
}

function newton(rows: readonly Row[], start: readonly number[]): readonly number[] {
  let weights = [...start];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { slope, curve } = derivatives(rows, weights, start);
    const full = solve(curve, slope);
    // Far from the end a full step may overshoot without return.
    const length = Math.max(...full.map(Math.abs));
    const step = full.map((change) => (length > LONGEST ? (change * LONGEST) / length : change));
    weights = weights.map((weight, at) => weight + (step[at] ?? 0));
    if (step.every((change) => Math.abs(change) < 1e-4)) break;
  }
  return weights;
}

/** Of the penalised log-likelihood: its gradient, and its negative Hessian. */
function derivatives(rows: readonly Row[], weights: readonly number[], start: readonly number[]) {
  const last = weights.length - 1;
  const ridge = (at: number): number => (at === last ? 0.01 : RIDGE);
  const slope = weights.map((weight, at) => ridge(at) * ((start[at] ?? 0) - weight));
  const curve = weights.map((_, at) => weights.map((__, other) => (at === other ? ridge(at) : 0)));
  for (const { seen, same } of rows) {
    const odds = seen.reduce((sum, at) => sum + (weights[at] ?? 0), 0);
    const chance = 1 / (1 + Math.exp(-odds));
    for (const at of seen) {
      slope[at] = (slope[at] ?? 0) + (same ? 1 : 0) - chance;
      const line = curve[at] ?? [];
      for (const other of seen) line[other] = (line[other] ?? 0) + chance * (1 - chance);
    }
  }
  return { slope, curve };
}

/** Gauss–Jordan elimination with pivoting; the ridge keeps the matrix from being singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const lines = matrix.map((line, at) => [...line, right[at] ?? 0]);
  const cell = (row: number, column: number): number => lines[row]?.[column] ?? 0;
  for (let at = 0; at < lines.length; at += 1) {
    let pivot = at;
    for (let row = at + 1; row < lines.length; row += 1) {
      if (Math.abs(cell(row, at)) > Math.abs(cell(pivot, at))) pivot = row;
    }
    [lines[at], lines[pivot]] = [lines[pivot] ?? [], lines[at] ?? []];
    for (let row = 0; row < lines.length; row += 1) {
      const share = row === at ? 0 : cell(row, at) / cell(at, at);
      if (share !== 0) {
        lines[row] = (lines[row] ?? []).map((value, column) => value - share * cell(at, column));
      }
    }
  }
  return lines.map((_, at) => cell(at, lines.length) / cell(at, at));
}
