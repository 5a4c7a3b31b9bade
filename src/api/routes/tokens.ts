import { z } from 'zod';
import { empty, json, problem } from '../answer.js';
import { scopesOf, type Auth } from '../auth.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import { idInPath } from '../schemas/ids.js';
import { FreshToken, NewToken, TokenView } from '../schemas/tokens.js';
import { hashApiToken, newApiToken } from '../token.js';
import {
  insertApiToken,
  listApiTokens,
  revokeApiToken,
  type ListedTokenRow,
} from '../../store/tokens.js';
import type { Work } from '../../store/work.js';

/** Who may use the API. */
export function tokenRoutes({ house }: Parts, auth: Auth): readonly Route[] {
  const { store, clock } = house;
  return [
    route('GET /api/v1/tokens', {
      tag: 'Tokens',
      summary: 'Tokens, without their values',
      answers: {
        200: { description: 'All tokens', schema: z.object({ items: z.array(TokenView) }) },
      },
      handle: async () => json({ items: (await store.read(listApiTokens)).map(tokenView) }),
    }),
    route('POST /api/v1/tokens', {
      tag: 'Tokens',
      summary: 'Make a token; its value is shown once',
      body: { schema: NewToken },
      answers: { 201: { description: 'The token', schema: FreshToken } },
      async handle({ body: { name, scopes } }) {
        const token = newApiToken();
        const now = clock.now();
        const id = await store.write(() =>
          insertApiToken(name, hashApiToken(token), scopes.join(' '), now),
        );
        const createdAt = new Date(now).toISOString();
        return json({ id, name, scopes, createdAt, revokedAt: null, token }, 201);
      },
    }),
    route('DELETE /api/v1/tokens/{id}', {
      tag: 'Tokens',
      summary: 'Revoke a token',
      params: z.object({ id: idInPath }),
      answers: { 204: { description: 'It is refused from now on' } },
      async handle({ params: { id } }) {
        const verdict = await store.write(() => revoke(id, clock.now()));
        auth.forget();
        if (verdict === 'unknown') return problem('notFound', `there is no token ${id} in force`);
        return verdict === 'last'
          ? problem('conflict', 'this is the last admin token: make another one first')
          : empty();
      },
    }),
  ];
}

/** An installation always keeps an admin token, or nobody could make one. */
function* revoke(id: number, now: number): Work<'revoked' | 'unknown' | 'last'> {
  const inForce = (yield* listApiTokens()).filter(({ revoked_at }) => revoked_at === null);
  if (!inForce.some((row) => row.id === id)) return 'unknown';
  const left = inForce.filter((row) => row.id !== id && scopesOf(row.scopes).includes('admin'));
  if (left.length === 0) return 'last';
  yield* revokeApiToken(id, now);
  return 'revoked';
}

function tokenView({ id, name, scopes, created_at, revoked_at }: ListedTokenRow) {
  return {
    id,
    name,
    scopes: scopesOf(scopes),
    createdAt: new Date(created_at).toISOString(),
    revokedAt: revoked_at === null ? null : new Date(revoked_at).toISOString(),
  };
}
