import { readJson } from '../../../src/sdk/index.js';
import type { Account, Decoded, DraftInput, Envelope, Raw } from '../../../src/sdk/index.js';

export function decode(envelope: Envelope): Decoded {
  const read = readJson(envelope.body);
  if (!read.ok) return { kind: 'unreadable', why: read.why };
  const remarks = read.replaced ? ['characters no text may hold were replaced'] : [];
  return { kind: 'raws', raws: [{ body: read.value }], remarks };
}

const KINDS: Readonly<Record<string, DraftInput['kind']>> = {
  message: 'message',
  bounce: 'automatic',
  own: 'echo',
  receipt: 'receipt',
};

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** What a mapping file does for a real connector. */
export function draftOf(raw: Raw, envelope: Envelope, account: Account): DraftInput {
  const fact = (raw.body ?? {}) as Record<string, unknown>;
  const kind = KINDS[text(fact['type'])] ?? 'event';
  const handle = text(fact['customer']) || 'unknown';
  return {
    id: kind === 'receipt' ? `${text(fact['about'])}#delivered` : text(fact['id']),
    connection: account.id,
    channel: 'parcel',
    conversation: handle,
    kind,
    about: kind === 'receipt' ? text(fact['about']) : null,
    receipt: kind === 'receipt' ? { status: 'delivered' } : null,
    receivedAt: new Date(envelope.receivedAt).toISOString(),
    sender: { handle, identities: [{ kind: 'uid', value: handle, proof: 'proven' }] },
    text: text(fact['text']),
  };
}
