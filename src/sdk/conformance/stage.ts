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
  /** Names under which it remembered something of the platform's. */
  readonly remembered: ReadonlySet<string>;
  abort(): void;
}

export interface StageOptions {
  /** Another account than the working one. */
  readonly account?: (account: Account) => Account;
  /** Milliseconds any request may take, for checks that ask for a crowd instead of silence. */
  readonly patience?: number;
}

/** A simulator that runs, and what the core remembers for the connection while it does. */
export interface Platform {
  readonly rehearsal: Rehearsal | null;
  readonly memory: Memory;
}

/** Opens simulator and connection, runs the body, and closes both whatever happens. */
export async function onStage<T>(
  bench: Bench,
  body: (stage: Stage) => Promise<T>,
  options: StageOptions = {},
): Promise<T> {
  return onPlatform(bench, (platform) => connected(bench, platform, body, options));
}

/** Opens the simulator, for checks that connect to it more than once. */
export async function onPlatform<T>(
  bench: Bench,
  body: (platform: Platform) => Promise<T>,
): Promise<T> {
  const rehearsal = (await bench.subject.rehearse?.()) ?? null;
  try {
    return await body({ rehearsal, memory: openMemory() });
  } finally {
    await rehearsal?.close();
  }
}

/** Opens the connection, runs the body, and closes it whatever happens. */
export async function connected<T>(
  bench: Bench,
  platform: Platform,
  body: (stage: Stage) => Promise<T>,
  options: StageOptions = {},
): Promise<T> {
  const pointed = platform.rehearsal?.account ?? bench.subject.account;
  const opened = openStage(bench, platform, {
    account: options.account?.(pointed) ?? pointed,
    patience: options.patience ?? PATIENCE,
  });
  try {
    return await body(opened.stage);
  } finally {
    await opened.close();
  }
}

/** Whether its live half has this method for the sample account; opening does no network. */
export function opensWith(bench: Bench, method: keyof Live): boolean {
  const alone: Platform = { rehearsal: null, memory: openMemory() };
  const { account } = bench.subject;
  const opened = openStage(bench, alone, { account, patience: PATIENCE });
  void opened.close();
  return opened.stage.live[method] !== undefined;
}

function openStage(
  bench: Bench,
  { rehearsal, memory }: Platform,
  { account, patience }: { readonly account: Account; readonly patience: number },
) {
  const logged: string[] = [];
  const requested: string[] = [];
  const aborting = new AbortController();
  const http = bench.subject.http(aborting.signal);
  const log = (sentence: string, fields?: Readonly<Record<string, unknown>>) => {
    logged.push(`${sentence} ${JSON.stringify(fields ?? {})}`);
  };
  const context: Context = {
    account: () => account,
    http: impatient(http, requested, patience),
    remember: memory.remember,
    forget: memory.forget,
    blob: () => Promise.resolve(ATTACHMENT_BYTES),
    log: { info: log, warn: log },
    clock: systemClock,
    signal: aborting.signal,
  };
  const live = bench.connector.open(context);
  const abort = () => {
    aborting.abort();
  };
  const { names: remembered } = memory;
  return {
    stage: { live, account, rehearsal, logged, requested, remembered, abort },
    async close() {
      aborting.abort();
      await live.close();
      http.close();
    },
  };
}

function impatient(http: HttpClient, requested: string[], patience: number): HttpClient {
  return {
    request(request: HttpRequest) {
      requested.push(request.url);
      return http.request({ ...request, timeout: Math.min(request.timeout ?? patience, patience) });
    },
  };
}

type Memory = Pick<Context, 'remember' | 'forget'> & { readonly names: ReadonlySet<string> };

/** What the core's memory promises: one computes, all who ask meanwhile get it, a newer value stays. */
function openMemory(): Memory {
  const kept = new Map<string, Remembered>();
  const flights = new Map<string, Promise<string>>();
  const names = new Set<string>();
  const compute = async (name: string, make: () => Promise<Remembered>) => {
    const made = await make();
    kept.set(name, made);
    return made.value;
  };
  return {
    names,
    remember(name, make) {
      names.add(name);
      const known = kept.get(name);
      if (known !== undefined && known.expiresAt > Date.now()) return Promise.resolve(known.value);
      const flight = flights.get(name) ?? compute(name, make).finally(() => flights.delete(name));
      flights.set(name, flight);
      return flight;
    },
    forget(name, refused) {
      if (flights.has(name)) return;
      if (refused === undefined || kept.get(name)?.value === refused) kept.delete(name);
    },
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
