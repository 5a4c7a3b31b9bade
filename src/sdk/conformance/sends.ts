import type { Outcome } from '../../model/outcome.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { onePart } from './replies.js';
import { onStage, settlesWithin } from './stage.js';
import type { Stage } from './stage.js';
import type { Fault, Rehearsal } from './subject.js';

const NO_SUCH_FAULT = say('the platform has no such failure', '平台没有此类失败');
/** Milliseconds after which a send that goes on is ended by closing its connection. */
export const LONGEST_SEND = 3_000;

const STAYS = say('its answers stay in the hub', '回复保留在系统内');

/** Only own doors keep their answers in the hub; everything else has a platform that can fail. */
export const sendsAway = ({ connector }: Bench) =>
  connector.definition.transports.every((transport) => transport === 'serve') ? STAYS : null;

/** The stage's simulator; its absence is a fault of the subject, not a reason to skip. */
export function rehearsalOf(stage: Stage): Rehearsal {
  if (stage.rehearsal === null) throw new Error('the subject brings no simulator');
  return stage.rehearsal;
}

/** Sends one ordinary answer; a throw becomes a sentence, because a throw is a defect. */
export async function sendOne(bench: Bench, stage: Stage, id: string): Promise<Outcome | string> {
  try {
    return await stage.live.send(onePart(bench, stage.account, id), `key-${id}`);
  } catch (error) {
    return `send threw: ${String(error).slice(0, 200)}`;
  }
}

/** What an outcome is called in a fault. */
export function nameOf(outcome: Outcome | string): string {
  if (typeof outcome === 'string') return outcome;
  if (outcome.kind !== 'failed') return outcome.kind;
  const { failure } = outcome;
  return failure.kind === 'refused' ? `refused (${failure.cause})` : failure.kind;
}

export interface Expectation {
  readonly fault: Fault;
  readonly title: readonly [en: string, zh: string];
  /** Every connector that sends away has to be shown under it, or waive it with a reason. */
  readonly required: boolean;
  /** Null when the outcome is right, else what was expected. */
  readonly judge: (outcome: Outcome, bench: Bench) => string | null;
}

/** One check: the simulator shows this failure, and the outcome says so. */
export function faultCheck(group: 'outcomes' | 'faults', expectation: Expectation): Check {
  const { fault, title, required } = expectation;
  return {
    id: `${group}.${fault}`,
    group,
    title: say(...title),
    inapplicable: (bench) =>
      sendsAway(bench) ?? (required || bench.subject.faults.includes(fault) ? null : NO_SUCH_FAULT),
    run: (bench) => onStage(bench, (stage) => meet(bench, stage, expectation)),
  };
}

async function meet(bench: Bench, stage: Stage, expectation: Expectation): Promise<Faults> {
  const rehearsal = rehearsalOf(stage);
  const { fault, judge } = expectation;
  if (!bench.subject.faults.includes(fault)) return [`the simulator cannot show "${fault}"`];
  await rehearsal.script(fault);
  const sending = sendOne(bench, stage, `meets-${fault}`);
  const patient = await settlesWithin(sending, LONGEST_SEND);
  // Some protocols wait minutes for an answer, and rightly; closing ends that, and the outcome is the same.
  if (!patient) stage.abort();
  if (!(await settlesWithin(sending, LONGEST_SEND))) return ['the send did not end after abort'];
  const outcome = await sending;
  if (typeof outcome === 'string') return [outcome];
  const expected = judge(outcome, bench);
  const faults = expected === null ? [] : [`${nameOf(outcome)}, expected ${expected}`];
  return patient ? [...faults, ...(await recovers(bench, stage, rehearsal))] : faults;
}

/** A failure passes: the next answer leaves by the same live connection. */
async function recovers(bench: Bench, stage: Stage, rehearsal: Rehearsal): Promise<Faults> {
  await rehearsal.script(null);
  const outcome = await sendOne(bench, stage, 'afterwards');
  const fine = typeof outcome !== 'string' && outcome.kind === 'sent';
  return fine ? [] : [`afterwards, with everything well: ${nameOf(outcome)}`];
}
