import fc from 'fast-check';
import { z } from 'zod';
import { Draft } from '../model/draft.js';
import { compileMapping } from '../mapping/compile.js';
import type { MappingSet } from '../mapping/mapping.js';
import type { Account, Decoded, Envelope } from '../sdk/inbound.js';
import type { Connector } from '../sdk/treaty.js';
import { draftsOf } from './drafting.js';
import type { Drafted } from './drafting.js';

const MAPPING = `mapping: shop/message
version: 1
root: body
kind: message
fields:
  id: id
  conversation: { first: [thread, { const: t }] }
  sender: { handle: from }
  text: text
  locale: $.query.lang
  subject: $.headers.topic
`;

const ACCOUNT: Account = { id: 'c-1', settings: {}, credentials: {}, hookUrl: '', macKeys: [] };

function envelopeOf(body: string): Envelope {
  return {
    id: 1,
    connection: 'c-1',
    key: 'k',
    body: Buffer.from(body),
    type: 'application/json',
    notes: { topic: 'kettles' },
    query: 'lang=zh&x=1',
    receivedAt: Date.parse('2026-11-20T00:15:02.114Z'),
  };
}

/** A connector whose envelopes are JSON lists of facts. */
function connectorOf(parts: Partial<Connector> = {}): Connector {
  return {
    definition: {
      name: 'shop',
      title: { en: 'Shop', zh: '商店' },
      version: '1',
      summary: { en: '', zh: '' },
      docs: '',
      channel: 'shop',
      transports: ['webhook'],
      settings: z.object({}),
      credentials: z.object({}),
      setup: [],
      capabilities: { inbound: ALL_NATIVE, outbound: ALL_NATIVE },
      limits: [],
      policies: {
        replyWindows: [],
        rate: null,
        receipts: [],
        idempotentSend: false,
        selfEcho: false,
        ack: null,
        redelivery: 0,
        identity: [],
      },
      headers: [],
      decoding: 'inline',
    },
    decode: ({ body }) => ({
      kind: 'raws',
      raws: (JSON.parse(body.toString()) as unknown[]).map((fact) => ({ body: fact })),
      remarks: [],
    }),
    render: () => ({ kind: 'parts', parts: [] }),
    open: () => {
      throw new Error('drafting opens nothing');
    },
    ...parts,
  };
}

const ALL_NATIVE = {
  text: 'native',
  html: 'native',
  subject: 'native',
  image: 'native',
  audio: 'native',
  video: 'native',
  file: 'native',
} as const;

function mappings(): MappingSet {
  const compiled = compileMapping('shop/message.yaml', MAPPING);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return { name: 'shop', mappings: [compiled.mapping] };
}

function draft(facts: unknown, parts: Partial<Connector> = {}) {
  const envelope = envelopeOf(JSON.stringify(facts));
  return draftsOf(connectorOf(parts), mappings(), ACCOUNT, envelope);
}

const idsOf = (drafted: Drafted | Promise<Drafted>) =>
  'kind' in drafted && drafted.kind === 'drafts' ? drafted.drafts.map((one) => one.draft.id) : [];

describe('an envelope', () => {
  test('becomes its drafts at once where decode is synchronous, with headers and query', () => {
    expect(draft([{ id: 'm', from: 'u', text: 'hello' }])).toMatchObject({
      kind: 'drafts',
      quarantine: null,
      drafts: [
        {
          draft: {
            id: 'm',
            connection: 'c-1',
            channel: 'shop',
            text: 'hello',
            locale: 'zh',
            subject: 'kettles',
            receivedAt: '2026-11-20T00:15:02.114Z',
          },
          mapping: { name: 'shop/message', version: 1 },
        },
      ],
    });
  });

  test('becomes its drafts later where decode takes time', async () => {
    const later = draft([], {
      decode: async () => ({ kind: 'raws', raws: [{ body: { id: 'm', from: 'u' } }], remarks: [] }),
    });
    expect(later).toBeInstanceOf(Promise);
    expect(idsOf(await later)).toEqual(['m']);
  });

  test('keeps its good facts when another cannot be mapped, and says why it is not done', () => {
    const drafted = draft([{ id: 'good', from: 'u' }, { id: 'no sender' }]);
    expect(idsOf(drafted)).toEqual(['good']);
    expect(drafted).toMatchObject({
      quarantine: expect.stringMatching(/^1 of 2: .*`sender\.handle` is empty/) as unknown,
    });
  });

  test('is unreadable when none of its facts can be mapped', () => {
    expect(draft([{ id: 'a' }, { id: 'b' }])).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/sender\.handle/) as unknown,
    });
  });

  test('without facts is done', () => {
    expect(draft([])).toEqual({ kind: 'drafts', drafts: [], remarks: [], quarantine: null });
  });

  test.each<Decoded>([
    { kind: 'wake', hint: 'token-1' },
    { kind: 'unreadable', why: 'not JSON' },
  ])('stays what decode says it is: %j', (decoded) => {
    expect(draft([], { decode: () => decoded })).toEqual(decoded);
  });

  test('of a connector that throws is unreadable, without its words', async () => {
    const broken = () => {
      throw new TypeError('secret words of a customer');
    };
    const drafted = draft([], { decode: broken });
    expect(drafted).toMatchObject({ kind: 'unreadable' });
    expect(JSON.stringify(drafted)).toMatch(/threw TypeError at drafting\.test/);
    expect(JSON.stringify(drafted)).not.toMatch(/secret words/);
    const later = draft([], { decode: async () => broken() });
    expect(await later).toMatchObject({ kind: 'unreadable' });
  });

  test('holding one fact twice gives one draft', () => {
    const fact = { id: 'm', from: 'u', text: 'hello' };
    expect(idsOf(draft([fact, fact]))).toEqual(['m']);
  });

  test('holding two facts under one id loses neither', () => {
    const ids = idsOf(
      draft([
        { id: 'm', from: 'u', text: 'a' },
        { id: 'm', from: 'u', text: 'b' },
      ]),
    );
    expect(ids[0]).toBe('m');
    expect(ids[1]).toMatch(/^m#[0-9a-f]{32}$/);
  });

  test('gives drafts that are valid and differ in their ids, whatever stands in it', () => {
    const fact = fc.record(
      {
        id: fc.constantFrom('a', 'b', 7, null),
        from: fc.constantFrom('u', 'v'),
        text: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 6 }), (facts) => {
        const drafted = draft(facts);
        if (!('kind' in drafted) || drafted.kind !== 'drafts') return;
        for (const one of drafted.drafts) expect(Draft.parse(one.draft)).toEqual(one.draft);
        expect(new Set(idsOf(drafted)).size).toBe(drafted.drafts.length);
      }),
    );
  });
});

describe('refine', () => {
  test('may say more about a draft; what it says is checked', () => {
    const facts = [{ id: 'm', from: 'u' }];
    const better = draft(facts, { refine: (one) => ({ ...one, subject: 'better' }) });
    expect(better).toMatchObject({ drafts: [{ draft: { subject: 'better' } }] });
    const worse = draft(facts, { refine: (one) => ({ ...one, sentAt: 'yesterday' }) });
    expect(worse).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/refine left no valid draft: sentAt/) as unknown,
    });
  });

  test('that throws on one fact costs that fact only', () => {
    const broken: Connector['refine'] = (one) => {
      if (one.id === 'bad') throw new Error('oops');
      return one;
    };
    const facts = [
      { id: 'bad', from: 'u' },
      { id: 'good', from: 'u' },
    ];
    const drafted = draft(facts, { refine: broken });
    expect(idsOf(drafted)).toEqual(['good']);
    expect(drafted).toMatchObject({ quarantine: expect.stringMatching(/threw Error/) as unknown });
  });
});
