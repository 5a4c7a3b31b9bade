import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '../../src/connections/http.js';
import { draftsOf } from '../../src/intake/drafting.js';
import { loadMappings, mappingsFor } from '../../src/mapping/load.js';
import type { MappingSet } from '../../src/mapping/mapping.js';
import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { RETRY_AFTER_SECONDS } from '../../src/sdk/conformance/subject.js';
import type {
  Fault,
  Fixture,
  Rehearsal,
  Subject,
  Trap,
} from '../../src/sdk/conformance/subject.js';
import { MINUTE } from '../../src/sdk/index.js';
import type { Account, DraftInput, Envelope, InboundRequest } from '../../src/sdk/index.js';
import { answer, halfAnswer, resetWithoutAnswer, silence } from '../../simulators/faults.js';
import type { AnswerFault } from '../../simulators/faults.js';
import { startShop } from '../../simulators/shop/shop.js';
import { connector } from './index.js';

const NOW = Date.UTC(2026, 10, 20, 0, 15);
const INSTALLATION = process.cwd();
const FIXTURES = join(INSTALLATION, 'connectors/webhook/fixtures');

const OPTED_OUT = { when: 'body.error == `"unsubscribed"`', means: 'optedOut' };
const WINDOW = { when: 'body.error == `"window"`', means: 'windowClosed' };

function accountOf(id: string, shop = 'http://127.0.0.1:9'): Account {
  const secretOf = (what: string) =>
    `whsec_${createHash('sha256').update(`${what} of ${id}`).digest('base64')}`;
  return {
    id,
    settings: {
      sendUrl: `${shop}/replies`,
      checkUrl: `${shop}/ping`,
      receipts: true,
      errors: [OPTED_OUT, WINDOW],
    },
    credentials: {
      secret: secretOf('deliveries'),
      sendSecret: secretOf('answers'),
      authorization: `Bearer canary-${id}-c0ffee-77aa`,
    },
    hookUrl: `https://hub.example/hooks/${id}`,
    macKeys: [{ id: 'k1', key: `canary-mac-key-${id}-51bd` }],
  };
}

const account = accountOf('shop-east');

function sign(body: Buffer, at: number, of: Account): InboundRequest {
  const id = `msg_${createHash('sha256').update(body).digest('hex').slice(0, 24)}`;
  const timestamp = String(Math.floor(at / 1_000));
  const key = Buffer.from(String(of.credentials['secret']).slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return {
    method: 'POST',
    url: of.hookUrl,
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'shop/1',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature.digest('base64')}`,
    },
    body,
    remoteAddress: '198.51.100.7',
    pathSecret: null,
  };
}

interface FixtureFile {
  readonly body: string;
  readonly drafts: readonly Partial<DraftInput>[];
  readonly traps?: readonly Trap[];
  readonly digits?: readonly string[];
}

function fixtureOf(name: string): Fixture {
  const file = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as FixtureFile;
  const hub = {
    connection: account.id,
    channel: 'webhook',
    receivedAt: new Date(NOW).toISOString(),
  };
  return {
    name: name.replace(/\.json$/, ''),
    arrival: { body: Buffer.from(file.body), type: 'application/json' },
    drafts: file.drafts.map((draft) => ({ ...draft, ...hub }) as DraftInput),
    ...(file.traps === undefined ? {} : { traps: file.traps }),
    ...(file.digits === undefined ? {} : { digits: file.digits }),
  };
}

let loading: Promise<MappingSet> | null = null;

async function mappings(): Promise<MappingSet> {
  const loaded = await loadMappings([join(INSTALLATION, 'mappings')]);
  const set = loaded.ok ? mappingsFor(loaded.library, 'webhook', {}) : null;
  if (set === null) throw new Error('the mappings do not load');
  return set;
}

async function drafts(envelope: Envelope, of: Account): Promise<readonly DraftInput[]> {
  loading ??= mappings();
  const drafted = await draftsOf(connector, await loading, of, envelope);
  return drafted.kind === 'drafts' ? drafted.drafts.map(({ draft }) => draft) : [];
}

const retryAfter = { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
const FAULTS: Readonly<Partial<Record<Fault, AnswerFault>>> = {
  unauthorised: answer(401, {}),
  forbidden: answer(403, {}),
  rateLimited: answer(429, {}, retryAfter),
  serverError: answer(500, {}),
  unavailable: answer(503, {}),
  errorInside: answer(200, { error: 'unsubscribed' }),
  recipientGone: answer(410, {}),
  optedOut: answer(200, { error: 'unsubscribed' }),
  contentRefused: answer(422, {}),
  windowClosed: answer(200, { error: 'window' }),
  reset: resetWithoutAnswer({ taken: true }),
  silence: silence({ taken: true }),
  halfAnswer: halfAnswer({ taken: true }),
};

async function rehearse(): Promise<Rehearsal> {
  const shop = await startShop({ hubKey: String(account.credentials['sendSecret']) });
  let armed: { remove(): void } | null = null;
  let offline = false;
  return {
    account: accountOf(account.id, shop.url),
    async script(fault) {
      armed?.remove();
      armed = null;
      if (offline !== (fault === 'unreachable')) {
        offline = !offline;
        await (offline ? shop.goOffline() : shop.goOnline());
      }
      const then = fault === null ? undefined : FAULTS[fault];
      if (then !== undefined) armed = shop.script({ times: Infinity, then });
    },
    taken: () => shop.replies.length,
    close: () => shop.close(),
  };
}

const bodies = [
  Buffer.from('{"id":"m-1","customer":{"id":"c-1"},"text":"Hello"}'),
  Buffer.from('{"id":"m-1","customer":{"id":"c-2"},"text":"Hello"}'),
] as const;

const subject: Subject = {
  installation: INSTALLATION,
  account,
  stranger: accountOf('shop-west'),
  now: NOW,
  webhook: {
    sign,
    bodies: [bodies[0], bodies[1]],
    signature: { in: 'header', name: 'webhook-signature' },
    signed: [
      { in: 'header', name: 'webhook-id' },
      { in: 'header', name: 'webhook-timestamp' },
    ],
    secrets: ['secret'],
    coversBody: true,
    tolerance: 5 * MINUTE,
  },
  fixtures: readdirSync(FIXTURES).map(fixtureOf),
  drafts,
  conversation: {
    key: 'case-1',
    handle: 'c-1',
    name: '张伟',
    subject: 'Kettle',
    ticket: 12,
    context: { messageId: 'm-1' },
  },
  rehearse,
  faults: ['unreachable', ...(Object.keys(FAULTS) as Fault[])],
  http: (signal) => createHttpClient({ allowPrivate: ['127.0.0.0/8'], signal }),
};

describeConnector(connector, subject);

describe('a delivery nobody signed', () => {
  test('proves nobody, whatever the mapping says', async () => {
    const envelope: Envelope = {
      id: 1,
      connection: account.id,
      key: 'k',
      body: bodies[0],
      type: '',
      notes: {},
      query: '',
      receivedAt: NOW,
    };
    const settings = { signature: 'path-secret', allowFrom: ['192.0.2.1'] };
    const [draft] = await drafts(envelope, { ...account, settings });
    expect(draft?.sender.identities).toEqual([
      { kind: 'customerId', value: 'c-1', scope: '', proof: 'weak' },
    ]);
    const [signed] = await drafts(envelope, account);
    expect(signed?.sender.identities).toMatchObject([{ proof: 'proven' }]);
  });
});
