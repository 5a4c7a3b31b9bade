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
  return new Reader(sources);
}

class Reader implements Apart {
  private readonly sources: ApartSources;
  private thread: Worker | null = null;
  private queue: Waiting[] = [];
  private current: { readonly waiting: Waiting; readonly deadline: NodeJS.Timeout } | null = null;
  private idle: NodeJS.Timeout | null = null;
  private numbered = 0;

  constructor(sources: ApartSources) {
    this.sources = sources;
  }

  draftsOf(
    connector: string,
    mappings: string,
    account: Account,
    envelope: Envelope,
  ): Promise<Drafted> {
    return new Promise((resolve, reject) => {
      this.numbered += 1;
      const task = { id: this.numbered, connector, mappings, account, envelope };
      this.queue.push({ task, resolve, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    if (this.idle !== null) clearTimeout(this.idle);
    this.queue = [];
    await this.stop();
  }

  private next(): void {
    if (this.current !== null) return;
    const waiting = this.queue.shift();
    if (this.idle !== null) clearTimeout(this.idle);
    if (waiting === undefined) {
      this.idle = setTimeout(() => void this.stop(), IDLE_MS).unref();
      return;
    }
    this.thread ??= this.start();
    const deadline = setTimeout(
      () => this.giveUp('it took longer than allowed'),
      APART_LIMITS.milliseconds,
    );
    this.current = { waiting, deadline };
    this.thread.postMessage(waiting.task);
  }

  private start(): Worker {
    const worker = new Worker(new URL('./apart-thread.js', import.meta.url), {
      workerData: this.sources,
      resourceLimits: { maxOldGenerationSizeMb: APART_LIMITS.heapMiB },
    });
    worker.on('message', (answer: ApartAnswer) => this.finish(answer));
    worker.on('error', (error) => {
      const memory = /memory/i.test(error.message);
      this.giveUp(memory ? 'it needed more memory than allowed' : error.message);
    });
    worker.unref();
    return worker;
  }

  private finish(answer: ApartAnswer): void {
    const settled = this.take();
    if (settled === null) return;
    if ('drafted' in answer) settled.resolve(answer.drafted);
    else settled.reject(new Error(answer.defect));
    this.next();
  }

  /** The thread is lost; what it was reading is unreadable, what waits is read by the next thread. */
  private giveUp(why: string): void {
    const settled = this.take();
    void this.stop();
    settled?.resolve({ kind: 'unreadable', why: `the message could not be read: ${why}` });
    this.next();
  }

  private take(): Waiting | null {
    if (this.current === null) return null;
    clearTimeout(this.current.deadline);
    const { waiting } = this.current;
    this.current = null;
    return waiting;
  }

  private async stop(): Promise<void> {
    const worker = this.thread;
    this.thread = null;
    await worker?.terminate();
  }
}
