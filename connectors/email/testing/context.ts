import { createHash } from 'node:crypto';
import type {
  Account,
  Arrival,
  Context,
  Emit,
  HttpRequest,
  HttpResult,
  Part,
} from '../../../src/sdk/index.js';
import type { Answer } from '../transport.js';

/** What a test may change of the context a connection is opened with. */
export interface Wishes {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly blobs?: readonly Buffer[];
  readonly http?: (request: HttpRequest) => Promise<HttpResult>;
  readonly now?: () => number;
}

export interface TestContext extends Context {
  readonly lines: string[];
  readonly stop: () => void;
  /** Changes the account as an admin would. */
  readonly change: (next: Partial<Account>) => void;
}

/** A real, small context: single-flight `remember`, blobs in memory, log lines kept. */
export function contextFor(wishes: Wishes): TestContext {
  const stopper = new AbortController();
  const lines: string[] = [];
  const blobs = new Map((wishes.blobs ?? []).map((bytes) => [sha256(bytes), bytes]));
  const now = wishes.now ?? Date.now;
  const log = (sentence: string, fields = {}): void =>
    void lines.push(`${sentence} ${JSON.stringify(fields)}`);
  let account: Account = {
    id: 'mail-support',
    settings: { address: 'help@shop.example', ...wishes.settings },
    credentials: { ...wishes.credentials },
    hookUrl: 'https://hub.example/hooks/mail-support',
    macKeys: [{ id: 'k1', key: 'reply_key_1' }],
  };
  return {
    account: () => account,
    http: { request: wishes.http ?? (() => Promise.reject(new Error('no HTTP in this test'))) },
    ...memory(now),
    blob: async (hash) => {
      const bytes = blobs.get(hash);
      if (bytes === undefined) throw new Error(`no blob ${hash}`);
      return bytes;
    },
    log: { info: log, warn: log },
    clock: { now },
    signal: stopper.signal,
    lines,
    stop: () => stopper.abort(),
    change: (next) => void (account = { ...account, ...next }),
  };
}

function memory(now: () => number): Pick<Context, 'remember' | 'forget'> {
  const known = new Map<string, { value: string; expiresAt: number }>();
  const running = new Map<string, Promise<string>>();
  return {
    remember: (name, compute) => {
      const kept = known.get(name);
      if (kept !== undefined && kept.expiresAt > now()) return Promise.resolve(kept.value);
      const shared =
        running.get(name) ??
        compute()
          .then((made) => {
            known.set(name, made);
            return made.value;
          })
          .finally(() => running.delete(name));
      running.set(name, shared);
      return shared;
    },
    forget: (name, refused) => {
      if (refused === undefined || known.get(name)?.value === refused) known.delete(name);
    },
  };
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What was committed, as the core would have it: arrivals by key, and the latest cursors. */
export interface Committed {
  readonly emit: Emit;
  readonly arrivals: Arrival[];
  readonly cursors: Record<string, string>;
  /** Resolves when `enough` holds; checked after every commit. */
  readonly until: (enough: () => boolean) => Promise<void>;
}

export function committing(cursors: Readonly<Record<string, string>> = {}): Committed {
  const arrivals: Arrival[] = [];
  const latest: Record<string, string> = { ...cursors };
  const waiting = new Set<() => void>();
  return {
    arrivals,
    cursors: latest,
    emit: async (batch, moved) => {
      arrivals.push(...batch);
      Object.assign(latest, moved);
      for (const look of waiting) look();
    },
    until: (enough) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!enough()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** One answer as `render` leaves it. */
export function mailPart(change: Partial<Answer> = {}, files: readonly Buffer[] = []): Part {
  const payload: Answer = {
    token: 'abc',
    to: [{ name: '张伟', address: 'zhang@customer.example' }],
    cc: [],
    subject: 'Re: 订单没有到',
    messageId: '<r1.abc@shop.example>',
    inReplyTo: '<m1@customer.example>',
    references: ['<m0@customer.example>', '<m1@customer.example>'],
    text: '您好，我们已经查到您的包裹。\n',
    html: '<p>您好，我们已经查到您的包裹。</p>',
    ...change,
  };
  return {
    payload,
    preview: payload.text,
    attachments: files.map((bytes, index) => ({
      sha256: sha256(bytes),
      name: `照片 ${index + 1}.jpg`,
      type: 'image/jpeg',
      size: bytes.length,
      url: null,
    })),
  };
}
