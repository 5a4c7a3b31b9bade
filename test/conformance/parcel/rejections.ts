import { CHECKS } from '../../../src/sdk/conformance/catalogue.js';
import { GROUPS } from '../../../src/sdk/conformance/check.js';
import type { Bench, CheckResult, Group } from '../../../src/sdk/conformance/check.js';
import { runCheck } from '../../../src/sdk/conformance/run-checks.js';
import type { Subject } from '../../../src/sdk/conformance/subject.js';
import type { Connector, Context, Live, Outcome } from '../../../src/sdk/index.js';
import { connector } from './connector.js';
import { outcomeOf, post } from './live.js';
import { parcelSubject } from './subject.js';

/** The parcel desk as it is. */
export const subject: Subject = parcelSubject(process.cwd());

/** The parcel desk with something broken, and the groups of checks it is put to. */
export interface Broken {
  /** All of them when left out. */
  readonly groups?: readonly Group[];
  readonly connector?: Partial<Connector>;
  readonly subject?: Partial<Subject>;
}

export async function resultsOf(broken: Broken): Promise<readonly CheckResult[]> {
  const bench = {
    connector: { ...connector, ...broken.connector },
    subject: { ...subject, ...broken.subject },
  };
  return resultsIn(bench, broken.groups ?? GROUPS);
}

async function resultsIn(bench: Bench, groups: readonly Group[]): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of CHECKS.filter(({ group }) => groups.includes(group))) {
    results.push(await runCheck(check, bench));
  }
  return results;
}

/** The parcel desk's connection with another idea of what an answer means. */
export function sendingWith(outcome: (right: Outcome, context: Context) => Outcome) {
  return (context: Context): Live => ({
    ...connector.open(context),
    send: async (part, _key, waited) => {
      const result = await post(context, '/messages', part, waited);
      return outcome(outcomeOf(result, context.clock.now()), context);
    },
  });
}

/** What the kit objects to: check id → its first fault. */
export async function rejections(broken: Broken): Promise<Readonly<Record<string, string>>> {
  return faultsOf(await resultsOf(broken));
}

/** The same of a subject that lacks something. */
export async function rejectionsOf(
  examined: Connector,
  lacking: Subject,
  groups: readonly Group[],
): Promise<Readonly<Record<string, string>>> {
  return faultsOf(await resultsIn({ connector: examined, subject: lacking }, groups));
}

function faultsOf(results: readonly CheckResult[]): Readonly<Record<string, string>> {
  const bad = results.filter(({ state }) => state === 'failed');
  return Object.fromEntries(bad.map(({ id, faults }) => [id, faults[0] ?? '']));
}
