import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, Envelope } from '../../../src/sdk/index.js';
import { decode } from '../decode.js';
import type { Mail } from '../mail.js';

const FOLDER = join(process.cwd(), 'connectors/email/fixtures');

export const NOW = Date.UTC(2026, 10, 20, 0, 15);

export function fixture(name: string): Buffer {
  return readFileSync(join(FOLDER, `${name}.eml`));
}

export function accountWith(settings: Record<string, unknown> = {}): Account {
  return {
    id: 'mail-support',
    settings: { address: 'support@shop.example', ...settings },
    credentials: {},
    hookUrl: '',
    macKeys: [
      { id: '2', key: 'reply_key_2' },
      { id: '1', key: 'reply_key_1' },
    ],
  };
}

export function envelopeOf(
  body: Buffer | string,
  notes: Record<string, string> = {},
  receivedAt = NOW,
): Envelope {
  return {
    id: 1,
    connection: 'mail-support',
    key: 'k',
    body: Buffer.from(body),
    type: 'message/rfc822',
    notes,
    query: '',
    receivedAt,
  };
}

/** Decodes what must be readable. */
export function mailOf(envelope: Envelope, account = accountWith()): Mail {
  const decoded = decode(envelope, account);
  if (decoded.kind !== 'raws') throw new Error(JSON.stringify(decoded));
  return decoded.raws[0]?.body as Mail;
}

export function fixtureMail(name: string): Mail {
  return mailOf(envelopeOf(fixture(name)));
}

/** A small mail from header lines and text. */
export function mail(head: readonly string[], text = 'The kettle leaks.'): string {
  const defaults = ['To: support@shop.example', 'Date: Fri, 20 Nov 2026 08:15:00 +0800'];
  return `${[...defaults, ...head].join('\r\n')}\r\n\r\n${text}\r\n`;
}
