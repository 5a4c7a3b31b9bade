import { Agent } from 'node:http';
import { exchange } from '../http/exchange.js';
import type { Ledger } from '../ledger.js';
import { pause } from '../pause.js';
import type { Account, Fate, StoredMessage } from './account.js';
import type { Carrier } from './carrier.js';
import type { TwilioEntry } from './entries.js';
import { enterStage, receiptForm, shuffled, stagesOf } from './receipts.js';

export interface OutboundOptions {
  readonly account: Account;
  readonly carrier: Carrier;
  readonly ledger: Ledger<TwilioEntry>;
  readonly route: (publicUrl: string) => string;
  /** `shuffled`: all callbacks of a message at once, in an order drawn by `random`. */
  readonly receiptOrder: 'inOrder' | 'shuffled';
  readonly random: () => number;
  /** Time between two states of a message, in milliseconds. */
  readonly paceMs: number;
  readonly closing: AbortSignal;
}

/** A file that could not be fetched from the hub; Twilio's code for an HTTP retrieval failure. */
const MEDIA_UNREACHABLE: Fate = { status: 'failed', errorCode: 11200 };

/** Brings a message that was taken to the customer's phone and tells the hub about it. */
export async function bringToPhone(
  options: OutboundOptions,
  message: StoredMessage,
): Promise<void> {
  await pause(options.paceMs, options.closing);
  const files = await fetchFiles(options, message.mediaUrls);
  const fate: Fate =
    files === null
      ? MEDIA_UNREACHABLE
      : (options.account.fates.get(message.to) ?? { status: 'delivered' });
  const stages = stagesOf(fate);
  const forms: URLSearchParams[] = [];
  for (const status of stages) {
    enterStage(options.account, message, { status, fate });
    if (status === fate.status) ring(options, message, { fate, files: files ?? [] });
    const form = receiptForm(options.account, message, { status, fate });
    if (options.receiptOrder === 'shuffled') forms.push(form);
    else await tell(options, message, form);
    await pause(options.paceMs, options.closing);
  }
  for (const form of shuffled(forms, options.random)) await tell(options, message, form);
}

/** Puts the message into the phone, if that is where it ends. */
function ring(
  options: OutboundOptions,
  message: StoredMessage,
  end: { readonly fate: Fate; readonly files: readonly Buffer[] },
): void {
  if (end.fate.status !== 'delivered' && end.fate.status !== 'sent') return;
  const { to: number, from, body } = message;
  options.ledger.record({ kind: 'phone', message: { number, from, body, files: end.files } });
}

/** Sends one receipt. A receipt that is held back does not keep those behind it. */
async function tell(
  options: OutboundOptions,
  message: StoredMessage,
  form: URLSearchParams,
): Promise<void> {
  const url = message.statusCallback;
  if (url === null || options.closing.aborted) return;
  await new Promise<void>((resolve) => {
    void options.carrier.carry('status', url, form, resolve).then(() => resolve());
  });
}

async function fetchFiles(
  options: OutboundOptions,
  urls: readonly string[],
): Promise<readonly Buffer[] | null> {
  const line = { agent: new Agent(), timeoutMs: 5_000, method: 'GET' } as const;
  const files: Buffer[] = [];
  for (const url of urls) {
    const wire = { url: options.route(url), headers: {}, body: Buffer.alloc(0) };
    const fetched = await exchange(wire, line);
    if (fetched.status !== 200) return null;
    files.push(fetched.body);
  }
  return files;
}
