import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { failed, sent } from '../../src/sdk/index.js';
import type { Context, Outcome, Part } from '../../src/sdk/index.js';
import { brokenHeader, composeMail, recipientsOf } from './compose.js';
import type { Dial } from './dial.js';
import { breakOutcome, refusalFailure } from './failures.js';
import type { NotReady } from './secrets.js';
import { createSessions } from './sessions.js';
import type { Lent, Sessions } from './sessions.js';
import { gate } from './gate.js';
import { withLetterhead } from './letterhead.js';
import { Settings } from './settings.js';
import { logInToSmtp } from './smtp-login.js';
import type { SmtpEnvelope, SmtpResult, SmtpTrouble } from './smtp.js';
import type { Answer, OutgoingMail } from './transport.js';

type Trouble = SmtpTrouble | NotReady;

export interface Sender {
  /** `waited` as in the treaty: what has not begun when it aborts does not begin. */
  send(part: Part, key: string, waited?: AbortSignal): Promise<Outcome>;
  /** Lets a mail at work finish within half a second, then hangs up. */
  close(): Promise<void>;
}

/**
 * At most this many dialogues with one server, and as many mails in memory, at a time; the others
 * wait their turn.
 */
const MOST = 4;
/** How many half-delivered mails are remembered (see `taken` below). */
const REMEMBERED = 1_000;
const GRACE = 500;

const CLOSING: NotReady = {
  kind: 'notReady',
  failure: { kind: 'transient', why: 'the connection is being closed' },
};

const LATE: NotReady = {
  kind: 'notReady',
  failure: { kind: 'transient', why: 'the mail server is too slow: its turn did not come in time' },
};

/** SMTP out. `change` lets a test shorten the patience or bring its own certificate authority. */
export function createSender(context: Context, change: Partial<Dial> = {}): Sender {
  const stopper = new AbortController();
  const sessions = createSessions<Trouble>(
    () => logInToSmtp(context, change, stopper.signal),
    CLOSING,
  );
  const inTurn = gate(MOST);
  const working = new Set<Promise<unknown>>();
  // Recipients who have a mail whose customer was refused for now: the retry must not reach them
  // twice. Kept in memory only: after a restart a copy may arrive twice, the customer's never.
  const taken = new Map<string, ReadonlySet<string>>();
  const send = async (part: Part, key: string, waited?: AbortSignal): Promise<Outcome> => {
    if (stopper.signal.aborted) return failed(CLOSING.failure);
    // By the account of now: it may have been changed since the answer was queued.
    const settings = Settings.safeParse(context.account().settings);
    if (!settings.success) return doNotHold(settings.error);
    const letter = letterOf(part.payload as Answer | OutgoingMail, settings.data);
    if (letter === null) return NO_ADDRESS;
    const broken = brokenHeader(letter);
    if (broken !== null) {
      return refused(`the ${broken} of this mail holds a line break`);
    }
    const envelope = {
      from: letter.envelopeFrom,
      to: recipientsOf(letter).filter((address) => !(taken.get(key)?.has(address) ?? false)),
    };
    const files = await Promise.all(
      part.attachments.map(async (attachment) => ({
        attachment,
        bytes: await context.blob(attachment.sha256),
      })),
    );
    const mail = await composeMail(letter, files, context.clock.now());
    const result = await deliver(context, sessions, { envelope, mail, waited });
    if (result.kind === 'taken') remember(taken, key, envelope.to, result.refused);
    return outcomeOf(context, letter, result);
  };
  return {
    send: (part, key, waited) => {
      if (stopper.signal.aborted || context.signal.aborted) {
        return Promise.resolve(failed(CLOSING.failure));
      }
      const turn = inTurn(() => send(part, key, waited), waited);
      const work = turn
        .then((outcome) => outcome ?? failed(LATE.failure))
        .finally(() => working.delete(work));
      working.add(work);
      return work;
    },
    close: async () => {
      if (working.size > 0) await Promise.race([Promise.allSettled(working), pause(GRACE)]);
      stopper.abort();
      sessions.close();
    },
  };
}

/** Mails queued by a hub that wrote sender and signature at once carry them, and no token. */
function letterOf(payload: Answer | OutgoingMail, settings: Settings): OutgoingMail | null {
  return 'token' in payload ? withLetterhead(payload, settings) : payload;
}

/** Names the first field that has to be mended. */
function doNotHold({ issues }: z.ZodError): Outcome {
  const setting = issues[0]?.path.join('.') ?? 'settings';
  return failed({ kind: 'misconfigured', setting, why: `the setting ${setting} does not hold` });
}

const NO_ADDRESS = failed({
  kind: 'misconfigured',
  setting: 'address',
  why: 'the settings name no address to send from',
});

function refused(why: string): Outcome {
  return failed({ kind: 'refused', cause: 'content', why });
}

interface Outgoing {
  readonly envelope: SmtpEnvelope;
  readonly mail: Buffer;
  readonly waited: AbortSignal | undefined;
}

async function deliver(
  context: Context,
  sessions: Sessions<Trouble>,
  outgoing: Outgoing,
): Promise<SmtpResult | NotReady> {
  const mark = markOf(context);
  for (let fresh = false; ; fresh = true) {
    const lent = await sessions.take(mark, fresh);
    if (!('session' in lent)) return lent;
    if (outgoing.waited?.aborted === true) {
      sessions.giveBack(lent);
      return LATE;
    }
    const result = await lent.session.deliver(outgoing.envelope, outgoing.mail);
    sessions.giveBack(lent);
    if (!hungUp(lent, result)) return result;
  }
}

/** The server ended a dialogue that had waited: nothing was processed, and a fresh one can be had. */
function hungUp(lent: Lent, result: SmtpResult): boolean {
  if (!lent.reused || result.kind === 'taken') return false;
  return result.kind === 'refused' ? result.refusal.code === 421 : !result.broken.dotSent;
}

function markOf(context: Context): string {
  const { settings, credentials } = context.account();
  return createHash('sha256')
    .update(JSON.stringify([settings, credentials]))
    .digest('base64');
}

function remember(
  taken: Map<string, ReadonlySet<string>>,
  key: string,
  to: readonly string[],
  refused: ReadonlyMap<string, unknown>,
): void {
  if (refused.size === 0) {
    taken.delete(key);
    return;
  }
  const now = new Set([
    ...(taken.get(key) ?? []),
    ...to.filter((address) => !refused.has(address)),
  ]);
  taken.set(key, now);
  const oldest = taken.keys().next().value;
  if (taken.size > REMEMBERED && oldest !== undefined) taken.delete(oldest);
}

function outcomeOf(context: Context, letter: OutgoingMail, result: SmtpResult | NotReady): Outcome {
  switch (result.kind) {
    case 'notReady':
      return failed(result.failure);
    case 'broken':
      return breakOutcome(result.broken);
    case 'refused':
      return failed(refusalFailure(result.refusal, context.clock.now()));
    case 'taken':
      return takenOutcome(context, letter, result.refused);
  }
}

/** The answer is sent when the customer has it; a copy the server would not take is only told of. */
function takenOutcome(
  context: Context,
  letter: OutgoingMail,
  refusals: Extract<SmtpResult, { kind: 'taken' }>['refused'],
): Outcome {
  for (const { address } of letter.to) {
    const refusal = refusals.get(address);
    if (refusal !== undefined) return failed(refusalFailure(refusal, context.clock.now()));
  }
  if (refusals.size > 0) {
    context.log.warn('the mail server took the answer but not every copy', {
      refused: refusals.size,
    });
  }
  return sent(letter.messageId);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
