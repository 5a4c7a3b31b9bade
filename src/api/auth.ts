import type { IncomingMessage } from 'node:http';
import { mayCall, SCOPES, whoMay, type RouteId, type Scope } from './access.js';
import { problem, type ProblemAnswer } from './answer.js';
import type { ClientAddress } from './client-address.js';
import { hashApiToken } from './token.js';
import { MINUTE, SECOND, type Clock } from '../model/time.js';
import type { Store } from '../store/store.js';
import { apiTokenByHash } from '../store/tokens.js';

/** A revoked token of another process is refused after this time at the latest; of this one at once. */
const BELIEVED_FOR = 2 * SECOND;
const MOST_REMEMBERED = 1_000;
/** Wrong tokens an address may try a minute before it is told to wait. */
const MOST_FAILURES = 20;
const MOST_ADDRESSES = 10_000;
const TOKEN_CHARACTERS = 200;

/** Who asks: a token. */
export interface Caller {
  readonly token: number;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

export type Admission =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly problem: ProblemAnswer };

/** Knows tokens by their hash, and who tries wrong ones too often. */
export interface Auth {
  admit(route: RouteId, request: IncomingMessage): Promise<Admission>;
  /** Tokens were made or revoked: nothing remembered counts. */
  forget(): void;
}

interface Remembered {
  readonly caller: Caller;
  readonly until: number;
}

export function createAuth(store: Store, clock: Clock, addressOf: ClientAddress): Auth {
  const known = new Map<string, Remembered>();
  const failures = countFailures(clock);

  async function callerOf(hash: string): Promise<Caller | null> {
    const row = await store.read(() => apiTokenByHash(hash));
    if (row === undefined || row.revoked_at !== null) return null;
    const caller = { token: row.id, name: row.name, scopes: scopesOf(row.scopes) };
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(hash, { caller, until: clock.now() + BELIEVED_FOR });
    return caller;
  }

  return {
    async admit(route, request) {
      const token = bearer(request.headers.authorization);
      if (token === null) return refuse(missing());
      const hash = hashApiToken(token);
      const remembered = known.get(hash);
      if (remembered !== undefined && remembered.until > clock.now()) {
        return allow(route, remembered.caller);
      }
      const caller = await callerOf(hash);
      if (caller !== null) return allow(route, caller);
      // A good token passes always: whoever guesses behind the same address must lock nobody out.
      const address = addressOf(request);
      const wait = failures.wait(address);
      if (wait > 0) return refuse(tooMany(wait));
      failures.add(address);
      return refuse(unknown());
    },
    forget: () => known.clear(),
  };
}

function allow(route: RouteId, caller: Caller): Admission {
  if (mayCall(route, caller.scopes)) return { ok: true, caller };
  return refuse(
    problem(
      'forbidden',
      `this token is ${caller.scopes.join(', ')}; ${route} is for: ${whoMay(route)}`,
    ),
  );
}

/** Scopes as the row keeps them, separated by spaces or commas; what this program does not know counts for nothing. */
export function scopesOf(text: string): readonly Scope[] {
  const words = text.split(/[ ,]/);
  return SCOPES.filter((scope) => words.includes(scope));
}

function bearer(header: string | undefined): string | null {
  const [scheme, token, ...rest] = (header ?? '').slice(0, TOKEN_CHARACTERS).trim().split(/ +/);
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || rest.length > 0) return null;
  return token;
}

const refuse = (answer: ProblemAnswer): Admission => ({ ok: false, problem: answer });

const missing = (): ProblemAnswer =>
  problem(
    'unauthenticated',
    'send Authorization: Bearer <token>; an admin makes tokens with POST /api/v1/tokens or: npm run -s hubbub -- token create',
    {},
    { 'www-authenticate': 'Bearer' },
  );

const unknown = (): ProblemAnswer =>
  problem(
    'unauthenticated',
    'this token is not known, or it was revoked: an admin makes a new one with POST /api/v1/tokens or: npm run -s hubbub -- token create',
    {},
    { 'www-authenticate': 'Bearer error="invalid_token"' },
  );

const tooMany = (wait: number): ProblemAnswer =>
  problem(
    'tooMany',
    'too many wrong tokens came from this address',
    {},
    { 'retry-after': String(Math.ceil(wait / SECOND)) },
  );

/** Failures of an address within the current minute. */
function countFailures(clock: Clock) {
  const counts = new Map<string, { count: number; readonly since: number }>();
  return {
    /** Milliseconds until the address may try again; 0: now. */
    wait(address: string): number {
      const entry = counts.get(address);
      if (entry === undefined || entry.count < MOST_FAILURES) return 0;
      const left = entry.since + MINUTE - clock.now();
      if (left <= 0) counts.delete(address);
      return Math.max(left, 0);
    },
    add(address: string): void {
      const entry = counts.get(address);
      if (entry !== undefined && entry.since + MINUTE > clock.now()) entry.count += 1;
      else {
        if (counts.size >= MOST_ADDRESSES) counts.clear();
        counts.set(address, { count: 1, since: clock.now() });
      }
    },
  };
}
