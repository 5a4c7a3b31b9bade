import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Account, Clock, InboundRequest, Verdict } from '../../../src/sdk/index.js';
import { TOLERANCE } from './definition.js';

/** HMAC-SHA256 in hexadecimal over `<id>.<milliseconds>.<body>`. */
export function signatureOf(secret: string, id: string, at: string, body: Buffer): string {
  return createHmac('sha256', secret).update(`${id}.${at}.`).update(body).digest('hex');
}

export function verify(request: InboundRequest, account: Account, clock: Clock): Verdict {
  const secret = account.credentials['signingSecret'];
  if (typeof secret !== 'string' || secret.trim() === '') return reject('no signing secret is set');
  const {
    'parcel-id': id = '',
    'parcel-at': at = '',
    'parcel-signature': offered = '',
  } = request.headers;
  const wanted = Buffer.from(signatureOf(secret, id, at, request.body));
  const given = Buffer.from(offered);
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) {
    return reject('the signature does not match');
  }
  if (Math.abs(Number(at) - clock.now()) > TOLERANCE) return reject('signed at another time');
  return { verdict: 'verified', key: id };
}

function reject(why: string): Verdict {
  return { verdict: 'rejected', status: 401, why };
}
