import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileInOrder } from '../../intake/in-order.js';
import { openMatching, type Compared } from '../../intake/matching.js';
import type { MatchingRules } from '../../matching/rules.js';
import type { Draft } from '../../model/draft.js';
import { SILENT } from '../../queue/silent.js';
import { insertDraft } from '../../store/drafts.js';
import { filedMessages, firstMessages, openQuestions } from '../../store/evaluation.js';
import { holdLease } from '../../store/leases.js';
import { migrate } from '../../store/migrate.js';
import { openSqlite } from '../../store/sqlite.js';
import type { Work } from '../../store/work.js';
import type { Suggestion } from './truth.js';

/** Where every message went, and what an agent would be asked. */
export interface Filed {
  readonly messages: readonly { readonly id: string; readonly ticket: number }[];
  readonly suggestions: readonly Suggestion[];
  /** Spent on filing. */
  readonly seconds: number;
}

/** The real intake (identify → match → file) on a fresh database, its clock at the last message. */
export interface Trial {
  /** The draft waits to be filed. */
  take(draft: Draft): void;
  /** Files whatever waits. */
  file(): Promise<void>;
  filed(): Promise<Filed>;
  /** The first message of every ticket that was opened. */
  firstMessages(): Promise<ReadonlyMap<number, string>>;
  end(): Promise<void>;
}

export async function openTrial(
  rules: MatchingRules,
  say: (sentence: string) => void,
  compared?: (seen: Compared) => void,
): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-evaluate-'));
  const store = openSqlite(join(folder, 'hubbub.db'));
  await migrate(store);
  const waiting: Draft[] = [];
  let now = 0;
  let milliseconds = 0;
  const clock = { now: () => now };
  const filing = {
    ...{ store, queue: SILENT, clock, matching: openMatching(rules, compared) },
    find: () => undefined,
    // Worlds to evaluate on write their numbers with a country, or mean this one.
    region: 'CN' as const,
    log: {
      error: (sentence: string, fields = {}) => say(`${sentence} ${JSON.stringify(fields)}`),
    },
    crashpoint: () => undefined,
    lease: holdLease(store, 'filing', 'evaluate', clock),
  };
  return {
    take: (draft) => void waiting.push(draft),
    async file() {
      const drafts = waiting.splice(0);
      // What arrives late in the file does not turn the clock back.
      for (const { receivedAt } of drafts) now = Math.max(now, Date.parse(receivedAt));
      await store.write(() => keep(drafts));
      const began = performance.now();
      await fileInOrder(filing);
      milliseconds += performance.now() - began;
    },
    async filed() {
      const messages = await store.read(filedMessages);
      const questions = await store.read(openQuestions);
      const suggestions = questions.map(({ a, b, score }): Suggestion => ({
        a,
        b,
        decision: 'ask',
        score: Number(score ?? 0),
      }));
      return { messages, suggestions, seconds: Math.max(milliseconds, 1) / 1_000 };
    },
    firstMessages: () => store.read(firstMessages),
    async end() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function* keep(drafts: readonly Draft[]): Work<void> {
  for (const draft of drafts) yield* insertDraft(draft, null, null);
}
