import fc from 'fast-check';
import { Draft } from '../model/draft.js';
import { applyMapping } from './apply.js';
import { compileMapping } from './compile.js';
import { explainMapping } from './explain.js';
import type { MappingInput, MappingSet } from './mapping.js';

const BASE = { connection: 'c-1', channel: 'shop' };
const HEAD = 'mapping: shop/message\nversion: 1\nkind: message\n';
const LEAST =
  'fields:\n  id: { const: a }\n  conversation: { const: a }\n  sender: { handle: { const: a } }\n';

/** Every target, transform and word of the language at least once. */
const EVERYTHING = `mapping: shop/everything
version: 1
root: body
kind: { from: kind, default: message }
fields:
  id: { key: [id, n], as: trim }
  conversation: { first: [thread, { from: id, as: hash }, { const: none }] }
  about: about
  sentAt: { from: at, as: isoTime }
  sender:
    handle: { first: [from, { const: nobody }] }
    name: { from: name, as: text }
    identities:
      - { kind: uid, value: from, scope: { const: here }, proof: proven }
      - { each: list, kind: phone, value: { from: '@', as: phone }, proof: weak }
  receipt:
    status: { from: status, lookup: { '1': delivered, '2': failed } }
    at: { from: at, as: chinaTime }
    code: { from: code, as: upper }
    upTo: upTo
  to: list
  cc: name
  visibility: { from: open, as: bool, lookup: { 'true': public, 'false': private } }
  parent: about
  permalink: url
  subject: { from: subject, as: lower }
  text: { from: text, as: [json, text] }
  html: text
  locale: locale
  inReplyTo: about
  historic: { from: open, as: bool }
  fields: { product: name, note: { from: text, as: htmlText } }
  replyContext: { all: $, one: id }
attachments:
  - { each: list, ref: url || @, name: { from: '@', as: fileName }, type: type, size: size, sha256: id }
  - { ref: url }
`;

function setOf(text: string): MappingSet {
  const compiled = compileMapping('shop/message.yaml', text);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return { name: 'shop', mappings: [compiled.mapping] };
}

const inputOf = (body: unknown): MappingInput => ({
  body,
  headers: { 'x-kind': 'chat' },
  query: {},
  receivedAt: '2026-11-20T00:15:02.114Z',
});

/** One field's rule applied to one body. */
function value(target: string, rule: string, body: unknown): unknown {
  const fields = new Map([
    ['id', 'id: { const: m-1 }'],
    ['conversation', 'conversation: { const: t-1 }'],
  ]);
  fields.set(target, `${target}: ${rule}`);
  const text = `${HEAD}root: body\nfields:\n  sender: { handle: { const: u } }\n  ${[...fields.values()].join('\n  ')}\n`;
  const mapped = applyMapping(setOf(text), inputOf(body), BASE);
  return mapped.ok ? mapped.draft[target as keyof Draft] : mapped.why;
}

describe('a rule', () => {
  test.each([
    ['{ from: a, default: none }', {}, 'none'],
    ['{ from: a, default: none }', { a: '' }, 'none'],
    ['{ first: [a, b] }', { a: '', b: 'second' }, 'second'],
    ['{ first: [{ from: a, as: json }, b] }', { a: 'no json', b: 'second' }, 'second'],
    ['{ key: [a, b, c] }', { a: 'x', c: 7 }, 'x##7'],
    ['{ key: [a, b] }', {}, ''],
    ['{ from: a, lookup: { "1": one } }', { a: 1 }, 'one'],
    ['{ from: a, lookup: { "1": one } }', { a: 2 }, ''],
    ['{ from: a, lookup: { "1": one } }', { a: 'constructor' }, ''],
    ['{ from: a, as: [json, text] }', { a: '["x","y"]' }, 'x\ny'],
    ['{ from: a, as: htmlText }', { a: '<p>A &amp; B<br>c<script>x</script>&#8364;' }, 'A & B\nc€'],
    ['{ from: a, as: fileName }', { a: 'https://x.example/p/a%20b.jpg?s=1' }, 'a b.jpg'],
    ['{ from: a, as: phone }', { a: 'whatsapp:+1 (555) 000-1111' }, '+15550001111'],
    ['{ from: a, as: phone }', { a: '００８６ 138 0000 0000' }, '+8613800000000'],
    ['{ from: a, as: phone }', { a: 'call me' }, ''],
    ['$.headers."x-kind"', {}, 'chat'],
    ['a', { a: 12345678 }, '12345678'],
    ['a', { a: { b: 1 } }, ''],
    ['a', { a: 'x\u0000y\ud800' }, 'x\ufffdy\ufffd'],
  ])('%s of %j is %j', (rule, body, expected) => {
    expect(value('text', rule, body)).toBe(expected);
  });

  test.each([
    [1795133700, '2026-11-20T00:15:00.000Z'],
    ['1795133700', '2026-11-20T00:15:00.000Z'],
    ['1795133700.25', '2026-11-20T00:15:00.250Z'],
    [1795133700123, '2026-11-20T00:15:00.123Z'],
    ['2026-11-20T08:15:00+08:00', '2026-11-20T08:15:00+08:00'],
    ['2026-11-20 08:15:00', '2026-11-20T08:15:00.000Z'],
    ['2026/11/20 08:15', '2026-11-20T08:15:00.000Z'],
    ['Fri, 20 Nov 2026 08:15:00 +0800', '2026-11-20T00:15:00.000Z'],
    ['Fri Nov 20 08:15:00 +0800 2026', '2026-11-20T00:15:00.000Z'],
    ['yesterday', null],
    [-5, null],
    [1e300, null],
    ['2026-13-45T00:00:00Z', null],
  ])('reads %j as the time %j', (given, expected) => {
    expect(value('sentAt', '{ from: a, as: isoTime }', { a: given })).toBe(expected);
  });

  test('reads a time without a zone in China’s where the mapping says so', () => {
    const read = value('sentAt', '{ from: a, as: chinaTime }', { a: '2026-11-20 08:15:00' });
    expect(read).toBe('2026-11-20T00:15:00.000Z');
  });

  test('that is required and finds nothing makes no draft and says where', () => {
    const why = value('subject', '{ from: title, required: true }', {});
    expect(why).toMatch(
      /shop\/message\.yaml:\d+: `subject` is empty in this document; tried title/,
    );
  });
});

describe('a mapped draft', () => {
  test('keeps two ids apart that are the same for their first thousand characters', () => {
    const long = 'x'.repeat(2_000);
    const [one, two] = [value('id', 'a', { a: `${long}1` }), value('id', 'a', { a: `${long}2` })];
    expect(String(one)).toHaveLength(1_000);
    expect(one).not.toBe(two);
  });

  test('cuts a text that is too long, between characters, and says so', () => {
    const mapped = applyMapping(
      setOf(
        `${HEAD}fields:\n  id: { const: a }\n  conversation: { const: a }\n  sender: { handle: { const: a }, name: body }\n`,
      ),
      inputOf(`${'x'.repeat(199)}😀`),
      BASE,
    );
    expect(mapped).toMatchObject({
      ok: true,
      draft: { sender: { name: 'x'.repeat(199) }, fields: { truncated: 'sender.name' } },
      remarks: ['sender.name: cut to 200 characters'],
    });
  });

  test('that only the last mapping takes says that it opens no ticket, and which did not take it', () => {
    const message = setOf(`${HEAD}accepts: body.text\nroot: body\n${LEAST}`);
    const rest = setOf(`mapping: shop/event\nversion: 1\nkind: event\nroot: body\n${LEAST}`);
    const both = { name: 'shop', mappings: [...message.mappings, ...rest.mappings] };
    const misspelt = applyMapping(both, inputOf({ txt: 'The kettle leaks' }), BASE);
    expect(misspelt).toMatchObject({
      draft: { kind: 'event' },
      leftOver: true,
      remarks: [expect.stringMatching(/opens no ticket.*shop\/message/)],
    });
    expect(applyMapping(both, inputOf({ text: 'It leaks' }), BASE)).toMatchObject({
      ...{ leftOver: false, remarks: [] },
    });
  });

  test('keeps a receipt without a known status as an event', () => {
    const set = setOf(EVERYTHING);
    const body = { id: 'm', kind: 'receipt', status: 1, about: 'x' };
    expect(applyMapping(set, inputOf(body), BASE)).toMatchObject({ draft: { kind: 'receipt' } });
    const unknown = applyMapping(set, inputOf({ ...body, status: 9 }), BASE);
    expect(unknown).toMatchObject({ draft: { kind: 'event', receipt: null } });
  });

  const word = fc.constantFrom(
    ...['kind', 'id', 'n', 'thread', 'about', 'at', 'from', 'name', 'list', 'status', 'code'],
    ...[
      'upTo',
      'open',
      'url',
      'subject',
      'text',
      'locale',
      'type',
      'size',
      '__proto__',
      'constructor',
    ],
  );
  const leaf = fc.oneof(
    fc.constantFrom(
      'receipt',
      'edit',
      'delivered',
      '1',
      'true',
      '2026-11-20T08:15:00Z',
      '<p>&#0;<',
    ),
    fc.string({ unit: 'binary' }),
    fc.string({ maxLength: 3_000, minLength: 400 }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const hostile = fc.object({ key: word, maxDepth: 4, values: [leaf] });

  test('is valid whatever the document was, and the same every time', () => {
    const set = setOf(EVERYTHING);
    fc.assert(
      fc.property(fc.oneof(hostile, fc.jsonValue()), (body) => {
        const mapped = applyMapping(set, inputOf(body), BASE);
        if (mapped.ok) expect(Draft.parse(mapped.draft)).toEqual(mapped.draft);
        expect(applyMapping(set, inputOf(structuredClone(body)), BASE)).toEqual(mapped);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('comes out of a document nested ten thousand deep, or not at all', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 10_000; i += 1) deep = { id: 'm', n: deep, list: [deep], text: deep };
    expect(applyMapping(setOf(EVERYTHING), inputOf(deep), BASE).ok).toBeDefined();
  });

  test('does not come out of work without end', () => {
    const cube = `$.body${'[].[$.body'.repeat(12)}${']'.repeat(12)}`;
    const set = setOf(
      `${HEAD}fields:\n  id: { from: "${cube}", as: hash }\n  conversation: { const: a }\n  sender: { handle: { const: a } }\n`,
    );
    const mapped = applyMapping(set, inputOf(Array.from({ length: 50 }, () => [1])), BASE);
    expect(mapped).toMatchObject({
      ok: false,
      why: expect.stringMatching(/too much work/) as unknown,
    });
  });
});

describe('an explanation', () => {
  test('names, field by field, the line and the selector that gave the value', () => {
    const explained = explainMapping(setOf(EVERYTHING), inputOf({ id: 'm', n: 1, from: 'u-1' }));
    expect(explained.fields).toContainEqual({
      target: 'conversation',
      file: 'shop/message.yaml',
      line: 7,
      rule: 'thread, then id, then const',
      by: 'id',
      as: [],
      found: expect.any(String) as unknown,
      kept: expect.any(String) as unknown,
    });
    expect(explained.fields.find(({ target }) => target === 'id')).toMatchObject({
      by: 'key id # n',
    });
    expect(explained.fields.find(({ target }) => target === 'kind')).toMatchObject({
      by: 'default',
    });
  });

  test('says which mappings did not accept', () => {
    const picky = compileMapping(
      'a.yaml',
      `${HEAD.replace('kind', 'accepts: body.x\nkind')}fields:\n  id: body\n  conversation: body\n  sender: { handle: body }\n`,
    );
    if (!picky.ok) throw new Error('bad test');
    const set = { name: 'shop', mappings: [picky.mapping, ...setOf(EVERYTHING).mappings] };
    expect(explainMapping(set, inputOf({ id: 'm' })).tried.map(({ held }) => held)).toEqual([
      false,
      true,
    ]);
  });

  test('never throws where mapping does not', () => {
    const set = setOf(EVERYTHING);
    fc.assert(fc.property(fc.jsonValue(), (body) => void explainMapping(set, inputOf(body))));
  });
});
