import fc from 'fast-check';
import type { Envelope, Reply } from '../../src/sdk/index.js';
import { decode } from './decode.js';
import { render } from './render.js';

function envelope(body: string): Envelope {
  return {
    id: 1,
    connection: 'chat',
    key: 'abc:1',
    body: Buffer.from(body),
    type: 'application/json',
    notes: {},
    query: '',
    receivedAt: 0,
  };
}

describe('what the door stored', () => {
  test('is read as one message with its key', () => {
    const decoded = decode(envelope('{"what":"message","visitor":"abc","text":"a\\u0000b"}'));
    expect(decoded).toEqual({
      kind: 'raws',
      raws: [{ body: { what: 'message', visitor: 'abc', text: 'a\uFFFDb', key: 'abc:1' } }],
      remarks: [expect.stringContaining('U+FFFD')],
    });
  });

  test('is read as one receipt for each message that it names', () => {
    const decoded = decode(
      envelope('{"what":"receipts","visitor":"abc","state":"read","ids":["r1:0","r2:0"],"at":"t"}'),
    );
    const receipt = { what: 'receipt', visitor: 'abc', state: 'read', at: 't' };
    expect(decoded).toMatchObject({
      raws: [{ body: { ...receipt, about: 'r1:0' } }, { body: { ...receipt, about: 'r2:0' } }],
    });
  });

  test('is unreadable when it is anything but a JSON object, and never throws', () => {
    for (const body of ['', '[]', 'null', '7', '{"a":']) {
      expect(decode(envelope(body)).kind).toBe('unreadable');
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(['raws', 'unreadable']).toContain(decode(envelope(body)).kind);
      }),
    );
  });
});

describe('an answer', () => {
  const reply = (change: Partial<Reply>): Reply => ({
    id: 'r1',
    text: 'Hello',
    html: null,
    attachments: [],
    composedAt: 0,
    agent: null,
    conversation: { key: 'abc', handle: 'abc', name: null, subject: null, ticket: 1, context: {} },
    ...change,
  });

  test('is one part', () => {
    expect(render(reply({ text: ' 您好 ' }))).toMatchObject({
      kind: 'parts',
      parts: [{ payload: { text: '您好' }, preview: '您好' }],
    });
  });

  test('that is empty, too long or carries a file is refused with the reason', () => {
    const file = { sha256: 'a', name: 'a.png', type: 'image/png', size: 1, url: null };
    for (const change of [{ text: ' ' }, { text: 'x'.repeat(50_001) }, { attachments: [file] }]) {
      expect(render(reply(change))).toMatchObject({ kind: 'refused', cause: 'content' });
    }
  });
});
