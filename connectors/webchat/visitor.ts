import { randomBytes } from 'node:crypto';
import { base32, checkMac, DAY, mintMac } from '../../src/sdk/index.js';
import type { MacKey } from '../../src/sdk/index.js';

const PURPOSE = 'visitor';
/** 160 bits: nobody guesses a visitor, and an id is never given twice. */
const ID_BYTES = 20;
const LIFE = 180 * DAY;
const TOKEN = /^([a-z2-7]{32})\.([0-9]{1,15})\.([a-z2-7]{24})$/;

export interface Visitor {
  readonly id: string;
  readonly token: string;
  /** Milliseconds UTC. */
  readonly expiresAt: number;
}

/** A token for a new visitor, or a fresh one for a visitor we know. */
export function admitVisitor(keys: readonly MacKey[], now: number, known: string | null): Visitor {
  const id = known ?? base32(randomBytes(ID_BYTES));
  const expiresAt = now + LIFE;
  const signature = mintMac(keys, PURPOSE, `${id}.${expiresAt}`);
  return { id, token: `${id}.${expiresAt}.${signature}`, expiresAt };
}

/** The visitor behind `Authorization: Bearer <token>`, or null: missing, forged, or expired. */
export function visitorOf(
  authorization: string | undefined,
  keys: readonly MacKey[],
  now: number,
): string | null {
  const offered = authorization?.startsWith('Bearer ') === true ? authorization.slice(7) : '';
  const match = TOKEN.exec(offered.slice(0, 200));
  if (match === null) return null;
  const [, id = '', expiresAt = '', signature = ''] = match;
  if (!checkMac(keys, PURPOSE, `${id}.${expiresAt}`, signature)) return null;
  return Number(expiresAt) > now ? id : null;
}
