import { CHECKS } from '../../../src/sdk/conformance/catalogue.js';
import type { CheckResult, Group } from '../../../src/sdk/conformance/check.js';
import { runCheck } from '../../../src/sdk/conformance/run-checks.js';
import type { Subject } from '../../../src/sdk/conformance/subject.js';
import type { Connector } from '../../../src/sdk/index.js';
import { connector } from './connector.js';
import { parcelSubject } from './subject.js';

/** The parcel desk as it is. */
export const subject: Subject = parcelSubject(process.cwd());

/** The parcel desk with something broken, and the groups of checks it is put to. */
export interface Broken {
  readonly groups: readonly Group[];
  readonly connector?: Partial<Connector>;
  readonly subject?: Partial<Subject>;
}

export async function resultsOf(broken: Broken): Promise<readonly CheckResult[]> {
  const bench = {
    connector: { ...connector, ...broken.connector },
    subject: { ...subject, ...broken.subject },
  };
  const results: CheckResult[] = [];
  for (const check of CHECKS.filter(({ group }) => broken.groups.includes(group))) {
    results.push(await runCheck(check, bench));
  }
  return results;
}

/** What the kit objects to: check id → its first fault. */
export async function rejections(broken: Broken): Promise<Readonly<Record<string, string>>> {
  const results = await resultsOf(broken);
  const bad = results.filter(({ state }) => state === 'failed');
  return Object.fromEntries(bad.map(({ id, faults }) => [id, faults[0] ?? '']));
}
