import type { Connector } from '../treaty.js';
import { CHECKS } from './catalogue.js';
import { GROUPS } from './check.js';
import { runCheck } from './run-checks.js';
import type { Subject } from './subject.js';

/** The words of the test runner the kit is told in; Jest's globals when left out. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: (name: string, body: () => Promise<void>, timeout?: number) => void;
}

const CHECK_TIMEOUT = 60_000;

/** Every check as a test. One that does not apply stands there as such, with its reason, and is not left out. */
export function describeConnector(
  connector: Connector,
  subject: Subject,
  runner: Runner = { describe, test },
): void {
  const bench = { connector, subject };
  runner.describe(`${connector.definition.name} conforms`, () => {
    for (const group of GROUPS) {
      runner.describe(group, () => {
        for (const check of CHECKS.filter((one) => one.group === group)) {
          const reason = check.inapplicable?.(bench)?.en ?? null;
          const suffix = reason === null ? '' : ` (not applicable: ${reason})`;
          runner.test(
            `${check.id}: ${check.title.en}${suffix}`,
            async () => {
              const result = await runCheck(check, bench);
              if (result.state === 'failed') throw new Error(result.faults.join('\n'));
            },
            CHECK_TIMEOUT,
          );
        }
      });
    }
  });
}
