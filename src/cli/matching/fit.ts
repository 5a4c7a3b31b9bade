import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { loadForCommand } from '../configuration.js';
import { fileThrough } from '../evaluate/feed.js';
import { readTruth, sizeOf } from '../evaluate/read.js';
import { usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { table } from '../table.js';
import type { Compared } from '../../intake/matching.js';
import { fitWeights, withEveryFeature, type Fitted, type Labelled } from '../../matching/fit.js';
import type { MatchingRules } from '../../matching/rules.js';

export interface FitOptions extends JsonOption {
  readonly messages: string;
  readonly truth: string;
  readonly write?: string;
}

/** One weight or threshold, as it is and as the labelled pairs would have it. */
interface Change {
  readonly field: string;
  readonly before: number;
  readonly after: number;
  /** Pairs of one matter, and of two, in which it was seen. */
  readonly seen: { readonly same: number; readonly different: number };
}

/** Estimates the weights from labelled messages; shows every change before it is written anywhere. */
export async function fitRules(
  shell: Shell,
  { messages, truth, write, json }: FitOptions,
): Promise<ExitCode> {
  sizeOf(messages);
  const complaints = new Map(
    (await readTruth(truth)).map(({ id, complaint }) => [id, complaint] as const),
  );
  const rules = (await shell.main()).readRules(loadForCommand());
  const pairs = await comparedPairs(shell, messages, { rules, complaints });
  const same = pairs.filter((pair) => pair.same).length;
  const fitted = fitWeights(pairs, rules);
  const changes = changesOf(rules, fitted);
  if (json === true) shell.out(JSON.stringify({ pairs: pairs.length, same, changes }));
  else for (const line of linesOf(changes, pairs.length, same)) shell.out(line);
  if (write !== undefined) writeRules(write, changes);
  return 0;
}

interface Labels {
  readonly rules: MatchingRules;
  readonly complaints: ReadonlyMap<string, string>;
}

/** Every comparison the intake makes, labelled by the complaints of the two tickets' first messages. */
async function comparedPairs(
  shell: Shell,
  messages: string,
  { rules, complaints }: Labels,
): Promise<readonly Labelled[]> {
  const seen: Compared[] = [];
  const feed = {
    messages,
    rules: withEveryFeature(rules),
    compared: (one: Compared) => void seen.push(one),
  };
  const first = await fileThrough(shell, feed, (trial) => trial.firstMessages());
  const complaintOf = (ticket: number): string | undefined =>
    complaints.get(first.get(ticket) ?? '');
  return seen.flatMap(({ one, other, comparison }): readonly Labelled[] => {
    const [a, b] = [complaintOf(one), complaintOf(other)];
    if (a === undefined || b === undefined) return [];
    return [{ features: comparison.evidence.map(({ kind }) => kind), same: a === b }];
  });
}

function changesOf(rules: MatchingRules, { rules: fitted, counts }: Fitted): readonly Change[] {
  const none = { same: 0, different: 0 };
  const decision = (['auto', 'ask'] as const).map((name) => ({
    ...{ field: `decision.${name}`, before: rules.decision[name], after: fitted.decision[name] },
    seen: none,
  }));
  const weights = Object.entries(counts).map(([name, seen]) => {
    const feature = name as keyof MatchingRules['weights'];
    const [before, after] = [rules.weights[feature], fitted.weights[feature]];
    return { field: `weights.${name}`, before, after, seen };
  });
  return [...decision, ...weights].filter(({ before, after }) => before !== after);
}

function linesOf(changes: readonly Change[], pairs: number, same: number): readonly string[] {
  const rows = changes.map(({ field, before, after, seen }) => [
    ...[field, String(before), String(after)],
    ...[String(seen.same), String(seen.different)],
  ]);
  return [
    `${pairs} compared pairs, ${same} of them one matter`,
    ...table(['rule', 'is', 'would be', 'seen in one matter', 'in two'], rows),
  ];
}

/** The changed part of the tree alone: it lies over config/matching.yaml. */
function writeRules(file: string, changes: readonly Change[]): void {
  const tree: Record<string, Record<string, number>> = {};
  for (const { field, after } of changes) {
    const [section = '', name = ''] = field.split('.');
    tree[section] = { ...tree[section], [name]: after };
  }
  try {
    writeFileSync(file, stringify(tree));
  } catch (error) {
    throw usage(
      `${file} cannot be written (${(error as { code?: string }).code ?? String(error)})`,
    );
  }
}
