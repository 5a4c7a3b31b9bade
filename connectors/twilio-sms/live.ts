import type { Twilio } from 'twilio';
import { failed } from '../../src/sdk/index.js';
import type { Context, Live, Outcome, Part } from '../../src/sdk/index.js';
import { check } from './check.js';
import { callTwilio } from './client.js';
import { outcomeOf } from './failures.js';
import { lookUp } from './look-up.js';
import type { Attempt } from './look-up.js';
import { fetchAttachment } from './media.js';
import { addressOf } from './render.js';
import type { Payload } from './render.js';
import { configOf } from './settings.js';

/** Times of uncertain sends kept for their look-up; older ones are looked up by their time of composing. */
const REMEMBERED_ATTEMPTS = 1_000;

/** The live half. The vendor's client is loaded at the first call, which costs about a quarter second once. */
export function open(context: Context): Live {
  const attempts = new Map<string, Attempt>();
  return {
    send: async (part, key, waited) => {
      const startedAt = context.clock.now();
      const outcome = await send(context, part.payload as Payload, key, waited);
      if (outcome.kind === 'uncertain') {
        attempts.set(key, { startedAt, endedAt: context.clock.now() });
        dropOldest(attempts);
      }
      return outcome;
    },
    lookUp: async (part: Part, key) =>
      lookUp(context, part.payload as Payload, attempts.get(key) ?? null),
    fetchAttachment: async (ref) => fetchAttachment(context, ref),
    check: async () => check(context),
    close: async () => attempts.clear(),
  };
}

async function send(
  context: Context,
  payload: Payload,
  key: string,
  waited: AbortSignal | undefined,
): Promise<Outcome> {
  const account = context.account();
  const read = configOf(account);
  if (!read.ok) {
    return failed({ kind: 'misconfigured', setting: read.setting, why: 'missing or malformed' });
  }
  const { from, service } = addressOf(payload, read.config.settings);
  if (from === null && service === null) {
    return failed({ kind: 'misconfigured', setting: 'from', why: 'no sending number is set' });
  }
  const message = {
    to: payload.to,
    ...(from === null ? {} : { from }),
    ...(service === null ? {} : { messagingServiceSid: service }),
    ...(payload.text === '' ? {} : { body: payload.text }),
    ...(payload.media.length === 0 ? {} : { mediaUrl: [...payload.media] }),
    statusCallback: callbackUrl(account.hookUrl, key),
  };
  const create = (client: Twilio) => client.messages.create(message);
  const result = await callTwilio(context, read.config, create, waited);
  return outcomeOf(result, context.clock.now());
}

/**
 * The part's key travels with its callbacks, and their URL is signed: so a receipt finds even a
 * part whose answer, and with it the message's id, never came.
 */
function callbackUrl(hookUrl: string, key: string): string {
  return `${hookUrl}${hookUrl.includes('?') ? '&' : '?'}part=${encodeURIComponent(key)}`;
}

function dropOldest(attempts: Map<string, Attempt>): void {
  const oldest = attempts.keys().next();
  if (attempts.size > REMEMBERED_ATTEMPTS && oldest.done !== true) attempts.delete(oldest.value);
}
