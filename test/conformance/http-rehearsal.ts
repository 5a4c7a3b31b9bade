import {
  answer,
  halfAnswer,
  resetWithoutAnswer,
  silence,
  type AnswerFault,
  type ArmedRule,
  type Rule,
} from '../../simulators/faults.js';
import type { HttpRequest } from '../../simulators/http/loopback.js';
import { RETRY_AFTER_SECONDS } from '../../src/sdk/conformance/subject.js';
import type { Fault, Rehearsal } from '../../src/sdk/conformance/subject.js';

/** What every simulator of an HTTP platform can be told. */
export interface HttpSimulator {
  script(rule: Rule<HttpRequest, AnswerFault>): ArmedRule;
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** Failures every HTTP platform has; a platform's own words replace them. */
const ANSWERS: Partial<Record<Fault, AnswerFault>> = {
  unauthorised: answer(401),
  forbidden: answer(403),
  rateLimited: answer(429, '', { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } }),
  serverError: answer(500),
  unavailable: answer(503),
  reset: resetWithoutAnswer({ taken: true }),
  silence: silence({ taken: true }),
  halfAnswer: halfAnswer(),
};

/** The failures {@link rehearseHttp} can show of any HTTP platform. */
export const HTTP_FAULTS: readonly Fault[] = [...(Object.keys(ANSWERS) as Fault[]), 'unreachable'];

/** The kit's handle on a simulator: one failure at a time, until another is asked for. */
export function rehearseHttp(
  simulator: HttpSimulator,
  given: Pick<Rehearsal, 'account' | 'taken'>,
  own: Partial<Record<Fault, AnswerFault>> = {},
): Rehearsal {
  let armed: ArmedRule | null = null;
  let offline = false;
  return {
    ...given,
    async script(fault) {
      armed?.remove();
      armed = null;
      if (offline) await simulator.goOnline();
      offline = fault === 'unreachable';
      if (offline) await simulator.goOffline();
      const then = fault === null ? undefined : (own[fault] ?? ANSWERS[fault]);
      if (then !== undefined) armed = simulator.script({ then, times: Infinity });
    },
    close: () => simulator.close(),
  };
}
