import { all, get, insert, run, type Work } from './work.js';

export interface ApiTokenRow {
  readonly id: number;
  readonly name: string;
  readonly scopes: string;
  readonly revoked_at: number | null;
}

/** Only the hash is kept; the token itself is shown once. */
export function* insertApiToken(
  name: string,
  hash: string,
  scopes: string,
  now: number,
): Work<number> {
  return yield* insert(
    'INSERT INTO api_tokens (name, hash, scopes, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING',
    name,
    hash,
    scopes,
    now,
  );
}

export function* apiTokenByHash(hash: string): Work<ApiTokenRow | undefined> {
  return yield* get<ApiTokenRow>(
    'SELECT id, name, scopes, revoked_at FROM api_tokens WHERE hash = ?',
    hash,
  );
}

export function* countApiTokens(): Work<number> {
  const row = yield* get<{ n: number }>('SELECT COUNT(*) AS n FROM api_tokens');
  return row?.n ?? 0;
}

export type ListedTokenRow = ApiTokenRow & { readonly created_at: number };

export function* listApiTokens(): Work<readonly ListedTokenRow[]> {
  return yield* all<ListedTokenRow>(
    'SELECT id, name, scopes, created_at, revoked_at FROM api_tokens ORDER BY id',
  );
}

export function* revokeApiToken(id: number, now: number): Work<boolean> {
  return (
    (yield* run(
      'UPDATE api_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
      now,
      id,
    )) > 0
  );
}

/** True when there was no token yet and this one was made; of processes that start together one makes it. */
export function* ensureFirstToken(hash: string, now: number): Work<boolean> {
  if ((yield* countApiTokens()) > 0) return false;
  const first = yield* run(
    "INSERT INTO facts (name, value) VALUES ('firstToken', ?) ON CONFLICT DO NOTHING",
    String(now),
  );
  if (first === 0) return false;
  return (yield* insertApiToken('first admin', hash, 'admin', now)) > 0;
}
