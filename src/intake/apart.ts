import { Worker } from 'node:worker_threads';
import type { Account, Envelope } from '../sdk/inbound.js';
import type { Drafted } from './drafting.js';
import type { FetchedFile } from '../sdk/treaty.js';

/** Bounds of one envelope read apart: whatever takes more goes to quarantine, other traffic goes on. */
export const APART_LIMITS = { milliseconds: 10_000, heapMiB: 256 } as const;
/** Envelopes the thread holds at once; it reads one after the other. */
const AHEAD = 16;
/** What a fresh thread may take on top to load itself. */
const START_MS = 5_000;
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
  /** A file that travels inside its envelope; null when the ref names none. */
  attachmentOf(connector: string, envelope: Envelope, ref: string): Promise<FileRead>;
  close(): Promise<void>;
}

/** Unreadable: looking again would find the same. */
export type FileRead = FetchedFile | null | { readonly kind: 'unreadable'; readonly why: string };

type Sent = Omit<Envelope, 'body'> & { readonly body: Uint8Array };

/** What is asked about one envelope. */
export type Asked =
  | {
      readonly about: 'drafts';
      readonly connector: string;
      readonly mappings: string;
      readonly account: Account;
      readonly envelope: Sent;
    }
  | {
      readonly about: 'attachment';
      readonly connector: string;
      readonly envelope: Sent;
      readonly ref: string;
    };

export type ApartTask = Asked & { readonly id: number };

export type ApartAnswer =
  | { readonly id: number; readonly found: unknown }
  | { readonly id: number; readonly defect: string };

interface Waiting {
  readonly task: ApartTask;
  readonly resolve: (found: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface ApartSources {
  /** URL of the module that exports the catalogue of connectors. */
  readonly catalogue: string;
  /** Folders of mappings, later ones over earlier ones. */
  readonly mappings: readonly string[];
}

export interface ApartOptions {
  /** Deadline of one envelope, from the moment its thread can read. */
  readonly milliseconds?: number;
  /** Bodies are given away instead of copied: their owner cannot read them afterwards. */
  readonly givesBodies?: boolean;
}

export function createApart(sources: ApartSources, options: ApartOptions = {}): Apart {
  return new Reader(sources, options);
}

class Reader implements Apart {
  private readonly sources: ApartSources;
  private readonly milliseconds: number;
  private readonly givesBodies: boolean;
  private thread: Worker | null = null;
  private queue: Waiting[] = [];
  /** What the thread has been given, the one it reads now first: it answers in this order. */
  private given: Waiting[] = [];
  private deadline: NodeJS.Timeout | null = null;
  private idle: NodeJS.Timeout | null = null;
  /** The thread has not answered yet: it may still be loading itself. */
  private fresh = true;
  private numbered = 0;

  constructor(sources: ApartSources, options: ApartOptions) {
    this.sources = sources;
    this.milliseconds = options.milliseconds ?? APART_LIMITS.milliseconds;
    this.givesBodies = options.givesBodies === true;
  }

  draftsOf(
    connector: string,
    mappings: string,
    account: Account,
    envelope: Envelope,
  ): Promise<Drafted> {
    const asked = { about: 'drafts', connector, mappings, account, envelope } as const;
    return this.ask(asked) as Promise<Drafted>;
  }

  async attachmentOf(connector: string, envelope: Envelope, ref: string): Promise<FileRead> {
    const asked = { about: 'attachment', connector, envelope, ref } as const;
    const found = (await this.ask(asked)) as FileRead;
    if (found === null || 'kind' in found) return found;
    // Bytes that crossed a thread are a plain Uint8Array.
    const { buffer, byteOffset, byteLength } = found.bytes;
    return { ...found, bytes: Buffer.from(buffer, byteOffset, byteLength) };
  }

  private ask(asked: Asked): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.numbered += 1;
      this.queue.push({ task: { ...asked, id: this.numbered }, resolve, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    if (this.idle !== null) clearTimeout(this.idle);
    this.queue = [];
    this.given = [];
    await this.stop();
  }

  /** Keeps the thread's hands full, so that it never waits for the next letter. */
  private next(): void {
    if (this.idle !== null) clearTimeout(this.idle);
    while (this.given.length < AHEAD) {
      const waiting = this.queue.shift();
      if (waiting === undefined) break;
      this.thread ??= this.start();
      this.given.push(waiting);
      this.thread.postMessage(waiting.task, this.givesBodies ? ownMemory(waiting.task) : []);
      if (this.given.length === 1) this.watchDeadline();
    }
    if (this.given.length === 0) this.idle = setTimeout(() => void this.stop(), IDLE_MS).unref();
  }

  private watchDeadline(): void {
    if (this.deadline !== null) clearTimeout(this.deadline);
    this.deadline = null;
    if (this.given.length === 0) return;
    const late = (): void => this.giveUp('it took longer than allowed');
    this.deadline = setTimeout(late, this.milliseconds + (this.fresh ? START_MS : 0));
  }

  private start(): Worker {
    const worker = new Worker(new URL('./apart-thread.js', import.meta.url), {
      workerData: this.sources,
      resourceLimits: { maxOldGenerationSizeMb: APART_LIMITS.heapMiB },
    });
    worker.on('message', (answer: ApartAnswer) => this.finish(worker, answer));
    worker.on('error', (error) => {
      const memory = /memory/i.test(error.message);
      if (worker !== this.thread) return;
      this.giveUp(memory ? 'it needed more memory than allowed' : error.message);
    });
    worker.unref();
    this.fresh = true;
    return worker;
  }

  private finish(worker: Worker, answer: ApartAnswer): void {
    const settled = worker === this.thread ? this.given.shift() : undefined;
    if (settled === undefined) return;
    this.fresh = false;
    this.watchDeadline();
    if ('found' in answer) settled.resolve(answer.found);
    else settled.reject(new Error(answer.defect));
    this.next();
  }

  /** The thread is lost; what it was reading is unreadable, what it had not begun is given to the next one. */
  private giveUp(why: string): void {
    const [lost, ...unread] = this.given;
    this.given = [];
    this.queue = [...unread, ...this.queue];
    this.watchDeadline();
    void this.stop();
    lost?.resolve({ kind: 'unreadable', why: `the message could not be read: ${why}` });
    this.next();
  }

  private async stop(): Promise<void> {
    const worker = this.thread;
    this.thread = null;
    if (this.deadline !== null) clearTimeout(this.deadline);
    await worker?.terminate();
  }
}

/** Small buffers share their memory with others, which must not lose it. */
function ownMemory({ envelope: { body } }: ApartTask): readonly ArrayBuffer[] {
  const { buffer, byteLength } = body;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
