import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits with a prefix that secret scanners can know. */
export function newApiToken(): string {
  return `hub_${randomBytes(32).toString('base64url')}`;
}

/** What is stored: a random token needs no slow hash. */
export function hashApiToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
