import type { Connector } from '../treaty.js';
import { CHECKS } from './catalogue.js';
import { say } from './check.js';
import type { Bench, Check, CheckResult, Faults } from './check.js';
import type { Subject } from './subject.js';

/** Faults of one check that are told; a hostile-input check can find hundreds of the same kind. */
const MAX_FAULTS = 5;

/**
 * Runs every check the kit has, one after the other, without a test runner; `done` hears of each.
 * Never rejects.
 */
export async function runChecks(
  connector: Connector,
  subject: Subject,
  done: (result: CheckResult) => void = () => undefined,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of CHECKS) {
    const result = await runCheck(check, { connector, subject });
    results.push(result);
    done(result);
  }
  return results;
}

/** Runs one check and lays the subject's waiver over its result. */
export async function runCheck(check: Check, bench: Bench): Promise<CheckResult> {
  const { id, group, title } = check;
  const waiver = bench.subject.waivers?.[id];
  const inapplicable = check.inapplicable?.(bench) ?? null;
  const faults = inapplicable === null ? await faultsOf(check, bench) : [];
  const result = { id, group, title, faults, reason: null };
  if (waiver !== undefined) {
    if (faults.length > 0) return { ...result, state: 'waived', reason: say(waiver, waiver) };
    const unneeded = `the waiver "${waiver}" is no longer needed: remove it`;
    return { ...result, state: 'failed', faults: [unneeded] };
  }
  if (inapplicable !== null) return { ...result, state: 'notApplicable', reason: inapplicable };
  return { ...result, state: faults.length === 0 ? 'passed' : 'failed' };
}

async function faultsOf(check: Check, bench: Bench): Promise<Faults> {
  try {
    const faults = await check.run(bench);
    if (faults.length <= MAX_FAULTS) return faults;
    return [...faults.slice(0, MAX_FAULTS), `and ${faults.length - MAX_FAULTS} more`];
  } catch (error) {
    return [`the connector threw: ${String(error).slice(0, 300)}`];
  }
}
