import { get, insert, run, type Work } from './work.js';

/** Makes a request that is sent twice one act: both run inside the transaction that does it. */
export interface Once<T> {
  /** False when the key was used before: then nothing is done. */
  take(): Work<boolean>;
  /** Keeps what the caller is told. */
  keep(done: T): Work<void>;
}

/** What was asked under a key, and how it was answered. */
export interface KeptAnswer {
  /** Hash of the request. */
  readonly request: string;
  /** JSON as it was given. */
  readonly response: string;
}

export function* keptAnswer(scope: string, key: string): Work<KeptAnswer | undefined> {
  return yield* get<KeptAnswer>(
    'SELECT request, response FROM idempotency WHERE scope = ? AND key = ?',
    scope,
    key,
  );
}

/** False when the key is taken. Whoever asks for it at the same moment waits for this one's commit. */
export function* takeKey(scope: string, key: string, request: string, at: number): Work<boolean> {
  const id = yield* insert(
    `INSERT INTO idempotency (scope, key, request, response, at) VALUES (?, ?, ?, '', ?) ON CONFLICT (scope, key) DO NOTHING`,
    scope,
    key,
    request,
    at,
  );
  return id > 0;
}

export function* keepAnswer(scope: string, key: string, response: string): Work<void> {
  yield* run(
    'UPDATE idempotency SET response = ? WHERE scope = ? AND key = ?',
    response,
    scope,
    key,
  );
}
