import {
  answer,
  halfAnswer,
  resetBeforeBody,
  resetWithoutAnswer,
  silence,
  trickle,
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
  rateLimitedBare: answer(429),
  serverError: answer(500),
  badGateway: answer(502),
  unavailable: answer(503),
  redirect: answer(302, '', { headers: { location: 'http://127.0.0.1:9/elsewhere' } }),
  resetEarly: resetBeforeBody(),
  reset: resetWithoutAnswer({ taken: true }),
  silence: silence({ taken: true }),
  halfAnswer: halfAnswer(),
  trickle: trickle(),
};

/** The same pause as `rateLimited`, as a date: known only when it is told. */
function untilSoon(own: AnswerFault | undefined): AnswerFault {
  const at = new Date(Date.now() + RETRY_AFTER_SECONDS * 1_000).toUTCString();
  const headers = { 'retry-after': at };
  return own?.kind === 'answer' ? { ...own, headers } : answer(429, '', { headers });
}

/** The failures {@link rehearseHttp} can show of any HTTP platform. */
export const HTTP_FAULTS: readonly Fault[] = [
  ...(Object.keys(ANSWERS) as Fault[]),
  'rateLimitedUntil',
  'unreachable',
];

/** The kit's handle on a simulator: one failure at a time, until another is asked for. */
export function rehearseHttp(
  simulator: HttpSimulator,
  given: Omit<Rehearsal, 'script' | 'close'>,
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
      const then =
        fault === 'rateLimitedUntil'
          ? untilSoon(own.rateLimited)
          : (own[fault ?? 'unreachable'] ?? ANSWERS[fault ?? 'unreachable']);
      if (then !== undefined) armed = simulator.script({ then, times: Infinity });
    },
    close: () => simulator.close(),
  };
}
