import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subject } from '../../src/sdk/conformance/subject.js';
import { failed, sent } from '../../src/sdk/index.js';
import type { Connector, Context, Live, Outcome, Verdict } from '../../src/sdk/index.js';
import { connector } from './parcel/connector.js';
import { draftOf } from './parcel/decode.js';
import { outcomeOf, post } from './parcel/live.js';
import { rejections, resultsOf, subject } from './parcel/rejections.js';
import type { Broken } from './parcel/rejections.js';
import { signatureOf, verify } from './parcel/verify.js';

/** The parcel desk's connection with another idea of what an answer means. */
function sendingWith(outcome: (right: Outcome, context: Context) => Outcome) {
  return (context: Context): Live => ({
    ...connector.open(context),
    send: async (part) => {
      const result = await post(context, '/messages', part);
      return outcome(outcomeOf(result, context.clock.now()), context);
    },
  });
}

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

  test('a body that the signature does not cover', async () => {
    const nothing = Buffer.alloc(0);
    const bodyless: Connector['verify'] = (request, account, clock) =>
      verify({ ...request, body: nothing }, account, clock);
    const { webhook } = subject;
    if (webhook === undefined) throw new Error('unreachable');
    const sign: typeof webhook.sign = (body, at, account) => {
      const request = webhook.sign(body, at, account);
      const id = request.headers['parcel-id'] ?? '';
      const secret = String(account.credentials['signingSecret']);
      const signature = signatureOf(secret, id, String(at), nothing);
      return { ...request, headers: { ...request.headers, 'parcel-signature': signature } };
    };
    const faults = await rejections({
      groups: ['verify', 'keys'],
      connector: { verify: bodyless },
      subject: { webhook: { ...webhook, sign } },
    });
    expect(Object.keys(faults)).toEqual([
      'verify.body-length',
      'verify.body-bits',
      'verify.body-rewritten',
      'verify.mutations',
    ]);
    expect(faults['verify.body-bits']).toMatch(/although it says something else/);
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

  test('a signature compared with ===', async () => {
    const installation = mkdtempSync(join(tmpdir(), 'hubbub-kit-'));
    const folder = join(installation, 'test/conformance/parcel');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'verify.ts'),
      "import { createHmac } from 'node:crypto';\n// not a comparison: signature === other\nif (computed.length !== offered.length) deny();\nif (computedSignature === offered) accept();\n",
    );
    const broken: Broken = { groups: ['verify'], subject: { installation } };
    const results = await resultsOf(broken);
    rmSync(installation, { recursive: true });
    expect(results.filter(({ state }) => state === 'failed')).toMatchObject([
      {
        id: 'verify.constant-time',
        faults: [
          'nothing in its source compares in constant time',
          'verify.ts:4 compares a secret with "(computedSignature === offered)"',
        ],
      },
    ]);
    expect((await resultsOf(broken)).at(-1)).toMatchObject({ state: 'notApplicable' });
  });
});

describe('a connector that tells deliveries apart wrongly is rejected', () => {
  test('by a header that is not signed', async () => {
    const counting: Connector['verify'] = (request, account, clock) => {
      const verdict = verify(request, account, clock);
      const token = request.headers['x-idempotency-token'];
      return verdict.verdict === 'verified' && token !== undefined ? verified(token) : verdict;
    };
    const faults = await rejections({
      groups: ['verify', 'keys'],
      connector: { verify: counting },
    });
    expect(faults).toEqual({
      'keys.unsigned-headers': 'x-idempotency-token changed: accepted as another delivery',
    });
  });

  test('by the time of day', async () => {
    const hasty: Connector['verify'] = (request, account, clock) => {
      const verdict = verify(request, account, clock);
      return verdict.verdict === 'verified' ? verified(String(clock.now())) : verdict;
    };
    const faults = await rejections({ groups: ['keys'], connector: { verify: hasty } });
    expect(Object.keys(faults)).toEqual(['keys.stable', 'keys.content']);
  });
});

describe('a connector that misreads is rejected', () => {
  test('64-bit ids rounded', async () => {
    const decode: Connector['decode'] = (envelope) => {
      try {
        const body = JSON.parse(envelope.body.toString()) as unknown;
        return { kind: 'raws', raws: [{ body }], remarks: [] };
      } catch {
        return { kind: 'unreadable', why: 'not JSON' };
      }
    };
    const faults = await rejections({ groups: ['decode'], connector: { decode } });
    expect(faults['decode.long-numbers']).toBe(
      '24000000000000001 was rounded to 24000000000000000',
    );
    expect(faults['decode.text']).toMatch(/U\+0000 or a lone surrogate/);
  });

  test('an exception for bytes it does not know', async () => {
    const decode: Connector['decode'] = (envelope) => ({
      kind: 'raws',
      raws: [{ body: JSON.parse(envelope.body.toString()) as unknown }],
      remarks: [],
    });
    const faults = await rejections({ groups: ['decode'], connector: { decode } });
    expect(faults['decode.truncated']).toMatch(/^cut to 0 bytes: decode threw: SyntaxError/);
  });

  test('its own message taken for a customer, an unknown kind for a complaint', async () => {
    const drafts: Subject['drafts'] = async (envelope, account) => {
      const decoded = await connector.decode(envelope, account);
      const raws = decoded.kind === 'raws' ? decoded.raws : [];
      return raws.map((raw) => ({ ...draftOf(raw, envelope, account), kind: 'message' as const }));
    };
    const faults = await rejections({ groups: ['drafts'], subject: { drafts } });
    expect(faults['drafts.echo']).toBe(
      'sent-from-their-own-app: became a draft of the kind message instead of echo',
    );
    expect(faults['drafts.unknown']).toBe('kind-of-next-year: would open a ticket, as a message');
  });
});

describe('a connector that lies about its sends is rejected', () => {
  test('401 taken for sent', async () => {
    const open = sendingWith((right) =>
      right.kind === 'failed' && right.failure.kind === 'unauthorised' ? sent('m1') : right,
    );
    const faults = await rejections({ groups: ['outcomes'], connector: { open } });
    expect(faults).toEqual({ 'outcomes.unauthorised': 'sent, expected unauthorised' });
  });

  test('an error inside HTTP 200 overlooked', async () => {
    const open = sendingWith((right) =>
      right.kind === 'failed' && right.failure.kind === 'refused' ? sent('m1') : right,
    );
    const faults = await rejections({ groups: ['outcomes'], connector: { open } });
    expect(faults).toEqual({
      'outcomes.errorInside': 'sent, expected a failure',
      'outcomes.recipientGone': 'sent, expected refused (recipientGone)',
    });
  });

  test('a send that may have happened offered for repetition', async () => {
    const open = sendingWith((right) =>
      right.kind === 'uncertain' ? failed({ kind: 'transient', why: right.why }) : right,
    );
    const faults = await rejections({ groups: ['faults'], connector: { open } });
    expect(Object.keys(faults)).toEqual([
      'faults.reset',
      'faults.silence',
      'faults.halfAnswer',
      'faults.garbledAnswer',
    ]);
    expect(faults['faults.reset']).toBe('transient, expected uncertain');
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
    });
  });
});

describe('a connector that behaves badly is rejected', () => {
  test('a secret in its log', async () => {
    const open = sendingWith((right, context) => {
      const { token } = context.account().credentials;
      context.log.warn('the desk answered', {
        basic: Buffer.from(`me:${String(token)}`).toString('base64'),
      });
      return right;
    });
    const faults = await rejections({ groups: ['secrets'], connector: { open } });
    expect(faults).toEqual({ 'secrets.outcomes': 'a secret can be read in the log of a send' });
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
      'definition.fields': 'the field apiToken has neither label nor help',
      'definition.secrets': 'the field apiToken is not marked as a secret',
    });
  });
});
