import { failed } from '../../src/sdk/index.js';
import type { Context, Fetched, Live, Outcome } from '../../src/sdk/index.js';
import { check } from './check.js';
import { requestOf } from './client.js';
import { outcomeOf } from './failures.js';
import { callOf, TOO_MUCH_WORK } from './render.js';
import type { Payload } from './render.js';
import { planSend } from './send-plan.js';

/** Attachments the customer's system keeps for us. */
const MAX_FILE_BYTES = 25 * 1024 * 1024;
const FILE_REDIRECTS = 3;

/** The live half: sends, fetches what a message linked to, tries the settings. Keeps nothing. */
export function open(context: Context): Live {
  return {
    send: async (part, key) => send(context, part.payload as Payload, key),
    fetchAttachment: async (ref) => fetchAttachment(context, ref),
    check: async () => check(context),
    close: async () => undefined,
  };
}

async function send(context: Context, payload: Payload, key: string): Promise<Outcome> {
  const account = context.account();
  const planned = planSend(account);
  if (!planned.ok) {
    return failed({ kind: 'misconfigured', setting: planned.setting, why: planned.why });
  }
  const { plan } = planned;
  const call = callOf(payload, account, plan);
  if (call === null) return failed({ kind: 'refused', cause: 'content', why: TOO_MUCH_WORK });
  const request = requestOf(plan, call, { key, now: context.clock.now() });
  const result = await context.http.request(request);
  return outcomeOf(result, plan, context.clock.now());
}

/** No credentials go along: where a link leads is the sender's to say. */
async function fetchAttachment(context: Context, ref: string): Promise<Fetched> {
  const result = await context.http.request({
    method: 'GET',
    url: ref,
    maxBytes: MAX_FILE_BYTES,
    redirects: FILE_REDIRECTS,
  });
  if (result.kind === 'notSent' && result.cause === 'forbidden') {
    return { kind: 'expired', why: `the link is not one this hub follows: ${result.why}` };
  }
  if (result.kind !== 'answer') return { kind: 'transient', why: result.why };
  const { status, headers, body } = result;
  if (status === 200) {
    const type = headers['content-type'] ?? null;
    return { kind: 'file', file: { name: null, type, bytes: body } };
  }
  const mayCome = status >= 500 || [408, 425, 429].includes(status);
  return mayCome
    ? { kind: 'transient', why: `the link answers with HTTP ${status}` }
    : { kind: 'expired', why: `the link answers with HTTP ${status}` };
}
