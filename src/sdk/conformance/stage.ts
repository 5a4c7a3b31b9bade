import type { HttpClient, HttpRequest } from '../http.js';
import type { Account } from '../inbound.js';
import type { Context, Live, Remembered } from '../treaty.js';
import { systemClock } from '../../model/time.js';
import type { Bench } from './check.js';
import { ATTACHMENT_BYTES } from './replies.js';
import type { Rehearsal } from './subject.js';

/** Longest any request of a check may take: silence is a fault the kit asks for, not one it waits for. */
const PATIENCE = 700;

/** A live connection with everything around it, for one check. */
export interface Stage {
  readonly live: Live;
  readonly account: Account;
  /** Null for channels whose answers stay in the hub. */
  readonly rehearsal: Rehearsal | null;
  /** Everything the connector wrote to its log. */
  readonly logged: readonly string[];
  /** URLs requested through the HTTP client so far. */
  readonly requested: readonly string[];
  abort(): void;
}

/** Opens simulator and connection, runs the body, and closes both whatever happens. */
export async function onStage<T>(
  bench: Bench,
  body: (stage: Stage) => Promise<T>,
  account?: (account: Account) => Account,
): Promise<T> {
  const rehearsal = (await bench.subject.rehearse?.()) ?? null;
  const pointed = rehearsal?.account ?? bench.subject.account;
  const opened = openStage(bench, rehearsal, account?.(pointed) ?? pointed);
  try {
    return await body(opened.stage);
  } finally {
    await opened.close();
    await rehearsal?.close();
  }
}

function openStage(bench: Bench, rehearsal: Rehearsal | null, account: Account) {
  const logged: string[] = [];
  const requested: string[] = [];
  const aborting = new AbortController();
  const http = bench.subject.http(aborting.signal);
  const log = (sentence: string, fields?: Readonly<Record<string, unknown>>) => {
    logged.push(`${sentence} ${JSON.stringify(fields ?? {})}`);
  };
  const context: Context = {
    account: () => account,
    http: impatient(http, requested),
    ...memory(),
    blob: () => Promise.resolve(ATTACHMENT_BYTES),
    log: { info: log, warn: log },
    clock: systemClock,
    signal: aborting.signal,
  };
  const live = bench.connector.open(context);
  const abort = () => {
    aborting.abort();
  };
  return {
    stage: { live, account, rehearsal, logged, requested, abort },
    async close() {
      aborting.abort();
      await live.close();
      http.close();
    },
  };
}

function impatient(http: HttpClient, requested: string[]): HttpClient {
  return {
    request(request: HttpRequest) {
      requested.push(request.url);
      return http.request({ ...request, timeout: Math.min(request.timeout ?? PATIENCE, PATIENCE) });
    },
  };
}

/** What the core's memory promises, for the length of one check. */
function memory(): Pick<Context, 'remember' | 'forget'> {
  const kept = new Map<string, Promise<Remembered>>();
  return {
    async remember(name, compute) {
      const known = await kept.get(name)?.catch(() => null);
      if (known !== null && known !== undefined && known.expiresAt > Date.now()) return known.value;
      const computed = compute();
      kept.set(name, computed);
      return (await computed).value;
    },
    forget: (name) => void kept.delete(name),
  };
}

/** Whether it settles, either way, within so many milliseconds. */
export async function settlesWithin(work: Promise<unknown>, limit: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, limit);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  const result = await Promise.race([settled, late]);
  clearTimeout(timer);
  return result;
}
