import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connector } from '../../../connectors/webhook/index.js';
import { answer, halfAnswer } from '../../../simulators/faults.js';
import type { AnswerFault } from '../../../simulators/faults.js';
import { startShop } from '../../../simulators/shop/shop.js';
import { signV1 } from '../../../simulators/shop/signature.js';
import type {
  Fault,
  Fixture,
  Rehearsal,
  Subject,
  Trap,
} from '../../../src/sdk/conformance/subject.js';
import { MINUTE } from '../../../src/sdk/index.js';
import type { Account, DraftInput, InboundRequest } from '../../../src/sdk/index.js';
import { HTTP_FAULTS, rehearseHttp } from '../http-rehearsal.js';
import { draftsBy, http, INSTALLATION, macKeysOf } from '../installation.js';

const NOW = Date.UTC(2026, 10, 20, 0, 15);
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
    macKeys: macKeysOf(id),
  };
}

const account = accountOf('shop-east');

function sign(body: Buffer, at: number, of: Account): InboundRequest {
  const id = `msg_${createHash('sha256').update(body).digest('hex').slice(0, 24)}`;
  const timestamp = String(Math.floor(at / 1_000));
  return {
    method: 'POST',
    url: of.hookUrl,
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'shop/1',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signV1(String(of.credentials['secret']), { id, timestamp, body }),
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

/** What the shop answers in its own words; the first two fit the account's table of errors. */
const OWN: Partial<Record<Fault, AnswerFault>> = {
  optedOut: answer(200, { error: 'unsubscribed' }),
  windowClosed: answer(200, { error: 'window' }),
  errorInside: answer(200, { error: 'unsubscribed' }),
  recipientGone: answer(410, {}),
  contentRefused: answer(422, {}),
  halfAnswer: halfAnswer({ taken: true }),
};

async function rehearse(): Promise<Rehearsal> {
  const shop = await startShop({ hubKey: String(account.credentials['sendSecret']) });
  const pointed = accountOf(account.id, shop.url);
  return rehearseHttp(shop, { account: pointed, taken: () => shop.replies.length }, OWN);
}

export const subject: Subject = {
  installation: INSTALLATION,
  account,
  stranger: accountOf('shop-west'),
  now: NOW,
  webhook: {
    sign,
    bodies: [
      Buffer.from('{"id":"m-1","customer":{"id":"c-1"},"text":"Hello"}'),
      Buffer.from('{"id":"m-1","customer":{"id":"c-2"},"text":"Hello"}'),
    ],
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
  drafts: draftsBy(connector),
  conversation: {
    key: 'case-1',
    handle: 'c-1',
    name: '张伟',
    subject: 'Kettle',
    ticket: 12,
    context: { messageId: 'm-1' },
  },
  rehearse,
  faults: [...new Set([...HTTP_FAULTS, ...(Object.keys(OWN) as Fault[])])],
  http,
};
