import { Worker } from 'node:worker_threads';
import type { Account, Envelope } from '../sdk/inbound.js';
import type { Drafted } from './drafting.js';

/** Bounds of one envelope read apart: whatever takes more goes to quarantine, other traffic goes on. */
export const APART_LIMITS = { milliseconds: 10_000, heapMiB: 256 } as const;
/** An idle thread ends after this long, and its memory with it. */
const IDLE_MS = 30_000;

/** Reads envelopes of connectors whose `decoding` is `apart`, in a thread with a deadline and a heap of its own. */
export interface Apart {
  draftsOf(
    connector: string,
    mappings: string,
    account: Account,
    envelope: Envelope,
  ): Promise<Drafted>;
  close(): Promise<void>;
}

export interface ApartTask {
  readonly id: number;
  readonly connector: string;
  readonly mappings: string;
  readonly account: Account;
  readonly envelope: Omit<Envelope, 'body'> & { readonly body: Uint8Array };
}

export type ApartAnswer =
  | { readonly id: number; readonly drafted: Drafted }
  | { readonly id: number; readonly defect: string };

interface Waiting {
  readonly task: ApartTask;
  readonly resolve: (drafted: Drafted) => void;
  readonly reject: (error: Error) => void;
}

export interface ApartSources {
  /** URL of the module that exports the catalogue of connectors. */
  readonly catalogue: string;
  /** Folders of mappings, later ones over earlier ones. */
  readonly mappings: readonly string[];
}

export function createApart(sources: ApartSources): Apart {
  let thread: Worker | null = null;
  let queue: Waiting[] = [];
  let current: { readonly waiting: Waiting; readonly deadline: NodeJS.Timeout } | null = null;
  let idle: NodeJS.Timeout | null = null;
  let numbered = 0;

  function next(): void {
    if (current !== null) return;
    const waiting = queue.shift();
    if (waiting === undefined) return rest();
    if (idle !== null) clearTimeout(idle);
    thread ??= start();
    const deadline = setTimeout(
      () => giveUp('it took longer than allowed'),
      APART_LIMITS.milliseconds,
    );
    current = { waiting, deadline };
    thread.postMessage(waiting.task);
  }

  function rest(): void {
    if (idle !== null) clearTimeout(idle);
    idle = setTimeout(() => void stop(), IDLE_MS);
    idle.unref();
  }

  function start(): Worker {
    const worker = new Worker(new URL('./apart-thread.js', import.meta.url), {
      workerData: sources,
      resourceLimits: { maxOldGenerationSizeMb: APART_LIMITS.heapMiB },
    });
    worker.on('message', (answer: ApartAnswer) => finish(answer));
    worker.on('error', (error) =>
      giveUp(/memory/i.test(error.message) ? 'it needed more memory than allowed' : error.message),
    );
    worker.unref();
    return worker;
  }

  function finish(answer: ApartAnswer): void {
    const settled = take();
    if (settled === null) return;
    if ('drafted' in answer) settled.resolve(answer.drafted);
    else settled.reject(new Error(answer.defect));
    next();
  }

  /** The thread is lost; what it was reading is unreadable, what waits is read by the next thread. */
  function giveUp(why: string): void {
    const settled = take();
    void stop();
    settled?.resolve({ kind: 'unreadable', why: `the message could not be read: ${why}` });
    next();
  }

  function take(): Waiting | null {
    if (current === null) return null;
    clearTimeout(current.deadline);
    const { waiting } = current;
    current = null;
    return waiting;
  }

  async function stop(): Promise<void> {
    const worker = thread;
    thread = null;
    await worker?.terminate();
  }

  return {
    draftsOf(connector, mappings, account, envelope) {
      return new Promise((resolve, reject) => {
        numbered += 1;
        queue.push({
          task: { id: numbered, connector, mappings, account, envelope },
          resolve,
          reject,
        });
        next();
      });
    },
    async close() {
      if (idle !== null) clearTimeout(idle);
      queue = [];
      await stop();
    },
  };
}
