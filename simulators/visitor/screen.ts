/** A message as the visitor's screen shows it. */
export interface SeenMessage {
  readonly seq: number;
  readonly from: 'customer' | 'desk';
  readonly text: string;
  readonly at: number;
  readonly name: string | null;
  readonly clientMessageId: string | null;
}

/** What a visitor sees: every message once, in the order of the conversation. */
export interface Screen {
  readonly seen: readonly SeenMessage[];
  /** Number of the last message shown; 0 before the first. */
  readonly last: number;
  /** False when it was shown before. */
  show(message: SeenMessage): boolean;
  /** Resolves with the first shown message that matches; rejects after `ms`. */
  waitFor(matches: (message: SeenMessage) => boolean, ms?: number): Promise<SeenMessage>;
}

export function createScreen(): Screen {
  const seen: SeenMessage[] = [];
  const watchers = new Set<(message: SeenMessage) => void>();
  return {
    seen,
    get last() {
      return seen.at(-1)?.seq ?? 0;
    },
    show(message) {
      if (message.seq <= (seen.at(-1)?.seq ?? 0)) return false;
      seen.push(message);
      for (const watcher of watchers) watcher(message);
      return true;
    },
    waitFor(matches, ms = 5_000) {
      const already = seen.find(matches);
      if (already !== undefined) return Promise.resolve(already);
      return new Promise((resolve, reject) => {
        const watch = (message: SeenMessage): void => {
          if (!matches(message)) return;
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(message);
        };
        const timer = setTimeout(() => {
          watchers.delete(watch);
          reject(new Error(`no such message was shown within ${ms} ms`));
        }, ms);
        watchers.add(watch);
      });
    },
  };
}
