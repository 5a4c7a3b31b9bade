import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope, Raw } from '../../src/sdk/index.js';
import { decode } from './decode.js';

interface Fixture {
  readonly about: string;
  readonly query: string;
  readonly body: string;
  readonly expect: Record<string, unknown>;
}

const folder = join(process.cwd(), 'connectors/twilio-sms/fixtures');

function envelope(body: Buffer, query = ''): Envelope {
  return {
    id: 1,
    connection: 'sms',
    key: 'key-1',
    body,
    type: 'application/x-www-form-urlencoded',
    notes: {},
    query,
    receivedAt: 0,
  };
}

function onlyRaw(body: string, query = ''): Raw {
  const decoded = decode(envelope(Buffer.from(body), query));
  if (decoded.kind !== 'raws' || decoded.raws.length !== 1) throw new Error('one raw expected');
  return decoded.raws[0] as Raw;
}

describe('each recorded trap', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  test.each(names)('%s', (name) => {
    const fixture = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture;
    expect(onlyRaw(fixture.body, fixture.query).body).toMatchObject(fixture.expect);
  });
});

describe('decoding', () => {
  test('remarks replaced characters', () => {
    const decoded = decode(envelope(Buffer.from('MessageSid=SM1&From=%2B15550001111&Body=a%00')));
    expect(decoded).toMatchObject({ remarks: [expect.stringContaining('U+FFFD')] });
  });

  test('reads a delivery by GET out of the query', () => {
    const decoded = decode(envelope(Buffer.alloc(0), 'MessageSid=SM1&From=%2B15550001111&Body=hi'));
    expect(decoded).toMatchObject({ raws: [{ body: { what: 'message', text: 'hi' } }] });
  });

  test('says that an empty delivery and one of a million parameters are unreadable', () => {
    expect(decode(envelope(Buffer.alloc(0))).kind).toBe('unreadable');
    expect(decode(envelope(Buffer.from('a&'.repeat(1_000_000)))).kind).toBe('unreadable');
  });

  test('never throws, and always gives JSON', () => {
    const parameter = fc.tuple(
      fc.constantFrom(
        'MessageSid',
        'From',
        'To',
        'Body',
        'MessageStatus',
        'ErrorCode',
        'MediaUrl0',
        '__proto__',
        'OptOutType',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(parameter), fc.uint8Array({ maxLength: 200 }), (pairs, tail) => {
        const form = Buffer.from(`${new URLSearchParams(pairs).toString()}&`);
        const decoded = decode(envelope(Buffer.concat([form, tail])));
        expect(JSON.parse(JSON.stringify(decoded))).toEqual(decoded);
      }),
    );
  });
});
