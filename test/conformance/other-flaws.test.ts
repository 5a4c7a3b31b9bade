import type { Subject } from '../../src/sdk/conformance/subject.js';
import { failed } from '../../src/sdk/index.js';
import type { Connector, Verdict } from '../../src/sdk/index.js';
import { connector } from './parcel/connector.js';
import { draftOf } from './parcel/decode.js';
import { poll, post } from './parcel/live.js';
import { rejections, rejectionsOf, sendingWith, subject } from './parcel/rejections.js';
import { verify } from './parcel/verify.js';

const verified = (key: string): Verdict => ({ verdict: 'verified', key });

describe('a connector that believes too much is rejected', () => {
  test('any signature', async () => {
    const believes: Connector['verify'] = (request) => verified(request.headers['parcel-id'] ?? '');
    const faults = await rejections({ groups: ['verify'], connector: { verify: believes } });
    expect(Object.keys(faults)).toEqual(
      expect.arrayContaining([
        ...['verify.no-signature', 'verify.empty-signature', 'verify.wrong-secret'],
        ...['verify.truncated-signature', 'verify.body-bits', 'verify.blank-secret'],
        ...['verify.stale', 'verify.future', 'verify.mutations'],
      ]),
    );
    expect(faults['verify.wrong-secret']).toBe(
      'with another secret: verified, and had to be rejected',
    );
  });

  test('deliveries, when its secret is missing', async () => {
    const open: Connector['verify'] = (request, account, clock) => {
      const { signingSecret } = account.credentials;
      const set = typeof signingSecret === 'string' && signingSecret.trim() !== '';
      return set ? verify(request, account, clock) : verified('unchecked');
    };
    const faults = await rejections({ groups: ['verify'], connector: { verify: open } });
    expect(Object.keys(faults)).toEqual(['verify.blank-secret']);
  });

  test('deliveries of last week', async () => {
    const patient: Connector['verify'] = (request, account) =>
      verify(request, account, { now: () => Number(request.headers['parcel-at']) });
    const faults = await rejections({ groups: ['verify'], connector: { verify: patient } });
    expect(Object.keys(faults)).toEqual(['verify.stale', 'verify.future']);
  });
});

describe('a connector that tells deliveries apart wrongly is rejected', () => {
  test('by the time of day', async () => {
    const hasty: Connector['verify'] = (request, account, clock) => {
      const verdict = verify(request, account, clock);
      return verdict.verdict === 'verified' ? verified(String(clock.now())) : verdict;
    };
    const faults = await rejections({ groups: ['keys'], connector: { verify: hasty } });
    expect(Object.keys(faults)).toEqual(['keys.stable', 'keys.replayed-later', 'keys.content']);
  });
});

describe('a connector that misreads is rejected', () => {
  test('an exception for bytes it does not know', async () => {
    const decode: Connector['decode'] = (envelope) => ({
      kind: 'raws',
      raws: [{ body: JSON.parse(envelope.body.toString()) as unknown }],
      remarks: [],
    });
    const faults = await rejections({ groups: ['decode'], connector: { decode } });
    expect(faults['decode.truncated']).toMatch(/^cut to 0 bytes: decode threw: SyntaxError/);
  });

  test('an unknown kind taken for a complaint', async () => {
    const drafts: Subject['drafts'] = async (envelope, account) => {
      const decoded = await connector.decode(envelope, account);
      const raws = decoded.kind === 'raws' ? decoded.raws : [];
      return raws.map((raw) => {
        const draft = draftOf(raw, envelope, account);
        return draft.kind === 'event' ? { ...draft, kind: 'message' as const } : draft;
      });
    };
    const faults = await rejections({ groups: ['drafts'], subject: { drafts } });
    expect(Object.keys(faults)).toEqual(['drafts.golden', 'drafts.unknown']);
    expect(faults['drafts.unknown']).toBe('kind-of-next-year: would open a ticket, as a message');
  });
});

describe('a connector that repeats itself is rejected', () => {
  test('by ids made of the time of receipt', async () => {
    const drafts: Subject['drafts'] = async (envelope, account) => {
      const decoded = await connector.decode(envelope, account);
      const raws = decoded.kind === 'raws' ? decoded.raws : [];
      return raws.map((raw, index) => ({
        ...draftOf(raw, envelope, account),
        id: `${String(envelope.receivedAt)}-${String(index)}`,
      }));
    };
    const faults = await rejections({ groups: ['drafts'], subject: { drafts } });
    expect(Object.keys(faults)).toEqual(['drafts.golden', 'drafts.redelivered', 'drafts.digits']);
  });
});

describe('a connector that lies about its sends is rejected', () => {
  test('a send that may have happened offered for repetition', async () => {
    const open = sendingWith((right) =>
      right.kind === 'uncertain' ? failed({ kind: 'transient', why: right.why }) : right,
    );
    const faults = await rejections({ groups: ['faults'], connector: { open } });
    expect(Object.keys(faults)).toEqual([
      'faults.resetEarly',
      'faults.reset',
      'faults.silence',
      'faults.halfAnswer',
      'faults.trickle',
      'faults.garbledAnswer',
    ]);
    expect(faults['faults.reset']).toBe('transient, expected uncertain');
  });

  test('a step that begins although nobody waits', async () => {
    const open: Connector['open'] = (context) => {
      const live = connector.open(context);
      return { ...live, send: (part, key) => live.send(part, key) };
    };
    expect(await rejections({ groups: ['lifecycle'], connector: { open } })).toEqual({
      'lifecycle.abort-waiting': 'requests that began when nobody waited any more: 1',
    });
  });

  test('Retry-After ignored', async () => {
    const open = sendingWith((right, { clock }) =>
      right.kind === 'failed' && right.failure.kind === 'rateLimited'
        ? failed({ kind: 'rateLimited', retryAt: clock.now() + 1_000, why: right.failure.why })
        : right,
    );
    const faults = await rejections({ groups: ['outcomes'], connector: { open } });
    expect(faults).toEqual({
      'outcomes.rateLimited': 'rateLimited, expected retryAt as Retry-After says',
      'outcomes.rateLimitedUntil': 'rateLimited, expected retryAt as Retry-After says',
    });
  });
});

describe('a connector that fetches badly is rejected', () => {
  test('a token for each of 200 sends', async () => {
    const open: Connector['open'] = (context) =>
      connector.open({ ...context, remember: async (_name, make) => (await make()).value });
    const faults = await rejections({ groups: ['tokens'], connector: { open } });
    expect(faults).toMatchObject({
      'tokens.kept': 'three sends in a row fetched 3 tokens',
      'tokens.one-for-all': '200 sends at once fetched 200 tokens',
    });
  });

  test('a new token thrown away with the old one', async () => {
    const open: Connector['open'] = (context) =>
      connector.open({
        ...context,
        forget: (name) => {
          context.forget(name);
        },
      });
    const faults = await rejections({ groups: ['tokens'], connector: { open } });
    expect(Object.keys(faults)).toEqual(['tokens.one-refresh']);
  });

  test('a token that its rehearsal does not know of', async () => {
    const { tokens: _tokens, ...silent } = subject;
    const faults = await rejectionsOf(connector, silent, ['tokens']);
    expect(faults).toEqual({
      'tokens.declared': 'it remembers token, and its subject brings no tokens',
    });
  });

  test('what was stored, again after every restart', async () => {
    const open: Connector['open'] = (context) => ({
      ...connector.open(context),
      poll: async () => ({ ...(await poll(context, {})), cursors: { messages: 'all' } }),
    });
    const faults = await rejections({ groups: ['cursors'], connector: { open } });
    expect(faults).toEqual({ 'cursors.committed': 'what was stored comes again after a restart' });
  });
});

describe('a connector that behaves badly is rejected', () => {
  test('the words of an answer in its log', async () => {
    const open: Connector['open'] = (context) => {
      const live = connector.open(context);
      const send: typeof live.send = (part, key) => {
        context.log.info(`sends ${part.preview}`);
        return live.send(part, key);
      };
      return { ...live, send };
    };
    const faults = await rejections({ groups: ['secrets'], connector: { open } });
    expect(faults).toEqual({
      'secrets.content': 'the words of an answer can be read in the log of a send',
    });
  });

  test('a timer that ticks on after closing', async () => {
    const timers: NodeJS.Timeout[] = [];
    const open: Connector['open'] = (context) => {
      timers.push(setInterval(() => undefined, 60_000));
      return connector.open(context);
    };
    const faults = await rejections({ groups: ['lifecycle'], connector: { open } });
    for (const timer of timers) clearInterval(timer);
    expect(faults).toEqual({
      'lifecycle.leaves-nothing': '1 timers or servers are left a second after closing',
    });
  });

  test('a part with half a character, and one over the limit', async () => {
    const render: Connector['render'] = (reply) => {
      const rendered = connector.render(reply, subject.account);
      if (rendered.kind === 'refused') return rendered;
      const cut = Math.min(reply.text.length, 501);
      const texts = [reply.text.slice(0, cut), reply.text.slice(cut)];
      const parts = texts.filter((text) => text !== '');
      return {
        kind: 'parts',
        parts: parts.map((text) => ({ payload: { text }, preview: text, attachments: [] })),
      };
    };
    const faults = await rejections({ groups: ['parts'], connector: { render } });
    expect(Object.keys(faults)).toEqual(['parts.limits', 'parts.characters']);
  });

  test('a declared refusal that is not refused', async () => {
    const render: Connector['render'] = (reply) =>
      connector.render({ ...reply, attachments: [] }, subject.account);
    const faults = await rejections({ groups: ['parts'], connector: { render } });
    expect(faults['parts.rejected']).toBe('image is declared rejected and was not refused');
  });

  test('network on opening, and a close that hangs', async () => {
    const open: Connector['open'] = (context) => {
      void post(context, '/check', null);
      let closes = 0;
      const close = () => ((closes += 1) === 1 ? Promise.resolve() : hanging);
      const hanging = new Promise<void>((resolve) => setTimeout(resolve, 1_100));
      return { ...connector.open(context), close };
    };
    const faults = await rejections({ groups: ['lifecycle'], connector: { open } });
    expect(faults['lifecycle.open-quiet']).toMatch(/^open requested 127\.0\.0\.1:/);
    expect(faults['lifecycle.close-twice']).toBe('close did not end within a second');
  });

  test('an unlabelled, unmarked field', async () => {
    const { z } = await import('zod');
    const definition = {
      ...connector.definition,
      settings: connector.definition.settings.extend({ apiToken: z.string().optional() }),
    };
    const faults = await rejections({ groups: ['definition'], connector: { definition } });
    expect(faults).toEqual({
      'definition.setup': 'no step asks for apiToken',
      'definition.fields': 'the field apiToken has neither label nor help',
      'definition.secrets': 'the field apiToken is not marked as a secret',
    });
  });
});
