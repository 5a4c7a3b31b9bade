import { jest } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sent } from '../../src/sdk/index.js';
import type { Connector, Decoded, DraftInput } from '../../src/sdk/index.js';
import type { Subject } from '../../src/sdk/conformance/subject.js';
import { connector } from './parcel/connector.js';
import { draftOf } from './parcel/decode.js';
import { poll } from './parcel/live.js';
import { rejections, sendingWith, subject } from './parcel/rejections.js';
import { signatureOf, verify } from './parcel/verify.js';

// Each of them is put to the whole kit: what it objects to is all that it objects to.
jest.setTimeout(120_000);

describe('ten connectors with one defect each are rejected for it and for nothing else', () => {
  test('a 401 taken as sent', async () => {
    const open = sendingWith((right) =>
      right.kind === 'failed' && right.failure.kind === 'unauthorised' ? sent('m1') : right,
    );
    expect(await rejections({ connector: { open } })).toEqual({
      'outcomes.unauthorised': 'sent, expected unauthorised',
    });
  });

  test('an error inside HTTP 200 ignored', async () => {
    const inside = new Set(['refused', 'windowClosed']);
    const open = sendingWith((right) =>
      right.kind === 'failed' && inside.has(right.failure.kind) ? sent('m1') : right,
    );
    expect(await rejections({ connector: { open } })).toEqual({
      'outcomes.errorInside': 'sent, expected a failure',
      'outcomes.recipientGone': 'sent, expected refused (recipientGone)',
      'outcomes.windowClosed': 'sent, expected windowClosed',
      'tokens.one-for-all': '200 were sent and the platform took 5',
      'tokens.one-refresh': '200 were sent and the platform took 4',
      'windows.time': 'a second after the window of customerMessage: sent, expected windowClosed',
      'windows.count': 'message 6 of 5 after customerMessage: sent, expected windowClosed',
    });
  });

  test('=== on a signature', async () => {
    const installation = mkdtempSync(join(tmpdir(), 'hubbub-kit-'));
    const folder = join(installation, 'test/conformance/parcel');
    cpSync('test/conformance/parcel', folder, { recursive: true });
    const file = join(folder, 'verify.ts');
    const careless = readFileSync(file, 'utf8')
      .replace(
        'wanted.length !== given.length || !timingSafeEqual(wanted, given)',
        'signature !== offered',
      )
      .replace('const wanted = Buffer.from(', 'const signature = (');
    writeFileSync(file, careless);
    const faults = await rejections({ subject: { installation } });
    rmSync(installation, { recursive: true });
    expect(Object.keys(faults)).toEqual(['verify.constant-time']);
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
      connector: { verify: bodyless },
      subject: { webhook: { ...webhook, sign } },
    });
    expect(Object.keys(faults)).toEqual([
      'verify.body-length',
      'verify.body-bits',
      'verify.body-rewritten',
      'verify.body-encoding',
      'verify.mutations',
    ]);
    expect(faults['verify.body-bits']).toMatch(/although it says something else/);
  });

  test('a 64-bit id rounded', async () => {
    const faults = await rejections({
      connector: { decode: rounding },
      subject: { drafts: (envelope, account) => draftsBy(rounding, envelope, account) },
    });
    expect(faults).toEqual({
      'decode.long-numbers': '24000000000000001 was rounded to 24000000000000000',
      'drafts.golden': 'id-beyond-2-53: id is "24000000000000000" instead of "24000000000000001"',
      'drafts.digits': 'id-beyond-2-53: 24000000000000001 is not found in the drafts',
    });
  });

  test('dedupe on an unsigned header', async () => {
    const counting: Connector['verify'] = (request, account, clock) => {
      const verdict = verify(request, account, clock);
      const key = request.headers['x-idempotency-token'];
      return verdict.verdict === 'verified' && key !== undefined
        ? { verdict: 'verified', key }
        : verdict;
    };
    expect(await rejections({ connector: { verify: counting } })).toEqual({
      'keys.unsigned-headers': 'x-idempotency-token changed: accepted as another delivery',
    });
  });

  test('a window ignored', async () => {
    const policies = { ...connector.definition.policies, replyWindows: [] };
    const definition = { ...connector.definition, policies };
    expect(Object.keys(await rejections({ connector: { definition } }))).toEqual([
      'tokens.one-for-all',
      'tokens.one-refresh',
      'windows.declared',
    ]);
  });

  test('a secret logged', async () => {
    const open = sendingWith((right, context) => {
      const { apiSecret } = context.account().credentials;
      const basic = Buffer.from(`me:${String(apiSecret)}`).toString('base64');
      context.log.warn('the desk answered', { basic });
      return right;
    });
    expect(await rejections({ connector: { open } })).toEqual({
      'secrets.outcomes': 'a secret can be read in the log of a send',
    });
  });

  test('an own echo taken as a customer', async () => {
    const drafts: Subject['drafts'] = async (envelope, account) =>
      (await draftsBy(connector.decode, envelope, account)).map((draft) =>
        draft.kind === 'echo' ? { ...draft, kind: 'message' as const } : draft,
      );
    expect(await rejections({ subject: { drafts } })).toEqual({
      'drafts.golden': 'sent-from-their-own-app: kind is "message" instead of "echo"',
      'drafts.echo': 'sent-from-their-own-app: became a draft of the kind message instead of echo',
    });
  });

  test('a cursor moved before the commit', async () => {
    const open: Connector['open'] = (context) => {
      let position: Readonly<Record<string, string>> | null = null;
      return {
        ...connector.open(context),
        async poll(cursors) {
          const polled = await poll(context, position ?? cursors);
          position = polled.cursors;
          return polled;
        },
      };
    };
    expect(await rejections({ connector: { open } })).toEqual({
      'cursors.uncommitted': 'what could not be stored did not come again under its key',
    });
  });
});

/** What JSON.parse makes of a long number, with everything else as it should be. */
function rounding(envelope: Parameters<Connector['decode']>[0]): Decoded {
  const text = envelope.body.toString('latin1');
  const rounded = text.replace(/(?<![\d"])\d{17,19}(?![\d"])/g, (digits) =>
    String(BigInt(Number(digits))),
  );
  const body = Buffer.from(rounded, 'latin1');
  return connector.decode({ ...envelope, body }, subject.account) as Decoded;
}

async function draftsBy(
  decode: Connector['decode'],
  ...[envelope, account]: Parameters<Connector['decode']>
): Promise<readonly DraftInput[]> {
  const decoded = await decode(envelope, account);
  const raws = decoded.kind === 'raws' ? decoded.raws : [];
  return raws.map((raw) => draftOf(raw, envelope, account));
}
