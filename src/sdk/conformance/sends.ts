import type { Localised } from '../../model/localised.js';
import type { Outcome } from '../../model/outcome.js';
import type { Part } from '../../model/reply.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { onePart } from './replies.js';
import { onStage, settlesWithin } from './stage.js';
import type { Stage } from './stage.js';
import type { Fault, Rehearsal } from './subject.js';

const NO_SUCH_FAULT = say('the platform has no such failure', '平台没有此类失败');
/** Milliseconds after which a send that goes on is ended by closing its connection. */
export const LONGEST_SEND = 2_000;

const STAYS = say('its answers stay in the hub', '回复保留在系统内');

/** Only own doors keep their answers in the hub; everything else has a platform that can fail. */
export const sendsAway = ({ connector }: Bench) =>
  connector.definition.transports.every((transport) => transport === 'serve') ? STAYS : null;

const NO_HTTP = say('it does not send by HTTP', '不通过 HTTP 发送');

/** A setting of the sample account says where the platform's API is. */
export const sendsByHttp = (bench: Bench) =>
  sendsAway(bench) ?? (callsByHttp(bench.subject.account.settings) ? null : NO_HTTP);

function callsByHttp(value: unknown): boolean {
  if (typeof value === 'string') return /^https?:\/\//.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(callsByHttp);
}

/** The stage's simulator; its absence is a fault of the subject, not a reason to skip. */
export function rehearsalOf(stage: Stage): Rehearsal {
  if (stage.rehearsal === null) throw new Error('the subject brings no simulator');
  return stage.rehearsal;
}

/** Sends one ordinary answer; a throw becomes a sentence, because a throw is a defect. */
export async function sendOne(bench: Bench, stage: Stage, id: string): Promise<Outcome | string> {
  return sendPart(stage, onePart(bench, stage.account, id), id);
}

/** Sends this part, as long as somebody waits for it; a throw becomes a sentence. */
export async function sendPart(
  stage: Stage,
  part: Part,
  id: string,
  waited?: AbortSignal,
): Promise<Outcome | string> {
  try {
    return await stage.live.send(part, `key-${id}`, waited);
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
  /** Who has to be shown under it, or waive it with a reason: all that send away, those that send by HTTP, or whose platform has it. */
  readonly required: 'always' | 'byHttp' | 'whereKnown';
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
      sendsAway(bench) ?? (bench.subject.faults.includes(fault) ? null : excuseOf(bench, required)),
    run: (bench) => onStage(bench, (stage) => meet(bench, stage, expectation)),
  };
}

function excuseOf(bench: Bench, required: Expectation['required']): Localised | null {
  if (required === 'always') return null;
  if (required === 'whereKnown') return NO_SUCH_FAULT;
  return sendsByHttp(bench);
}

async function meet(bench: Bench, stage: Stage, expectation: Expectation): Promise<Faults> {
  const rehearsal = rehearsalOf(stage);
  const { fault, judge } = expectation;
  if (!bench.subject.faults.includes(fault)) return [`the simulator cannot show "${fault}"`];
  await rehearsal.script(fault);
  const before = rehearsal.taken();
  const sending = sendOne(bench, stage, `meets-${fault}`);
  const patient = await settlesWithin(sending, LONGEST_SEND);
  // Some protocols wait minutes for an answer, and rightly; closing ends that, and the outcome is the same.
  if (!patient) stage.abort();
  if (!(await settlesWithin(sending, LONGEST_SEND))) return ['the send did not end after abort'];
  const outcome = await sending;
  if (typeof outcome === 'string') return [outcome];
  const expected = judge(outcome, bench);
  const taken = rehearsal.taken() - before;
  const faults = [
    ...(expected === null ? [] : [`${nameOf(outcome)}, expected ${expected}`]),
    ...(taken <= 1 ? [] : [`the platform took it ${String(taken)} times`]),
  ];
  return patient ? [...faults, ...(await recovers(bench, stage, rehearsal))] : faults;
}

/** A failure passes: the next answer leaves by the same live connection. */
async function recovers(bench: Bench, stage: Stage, rehearsal: Rehearsal): Promise<Faults> {
  await rehearsal.script(null);
  const outcome = await sendOne(bench, stage, 'afterwards');
  const fine = typeof outcome !== 'string' && outcome.kind === 'sent';
  return fine ? [] : [`afterwards, with everything well: ${nameOf(outcome)}`];
}
