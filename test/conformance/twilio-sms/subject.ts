import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connector } from '../../../connectors/twilio-sms/index.js';
import { answer } from '../../../simulators/faults.js';
import type { AnswerFault } from '../../../simulators/faults.js';
import { signForm } from '../../../simulators/twilio/signature.js';
import { startTwilio } from '../../../simulators/twilio/twilio.js';
import { RETRY_AFTER_SECONDS } from '../../../src/sdk/conformance/subject.js';
import type {
  Fault,
  Fixture,
  Rehearsal,
  Subject,
  Trap,
} from '../../../src/sdk/conformance/subject.js';
import type { Account, InboundRequest } from '../../../src/sdk/index.js';
import { HTTP_FAULTS, rehearseHttp } from '../http-rehearsal.js';
import { INSTALLATION, draftsBy, goldensOf, http, macKeysOf } from '../installation.js';

const SID = 'AC00000000000000000000000000000001';
const NUMBER = '+15550002222';
const CUSTOMER = '+15550001111';

function accountOf(id: string): Account {
  return {
    id,
    settings: { accountSid: SID, from: NUMBER, apiBase: 'http://127.0.0.1:9' },
    credentials: { authToken: `canary-auth-token-of-${id}-41f7` },
    hookUrl: `https://hub.example/hooks/${id}`,
    macKeys: macKeysOf(id),
  };
}

const account = accountOf('sms-main');

function sign(body: Buffer, _at: number, of: Account): InboundRequest {
  const form = new URLSearchParams(body.toString());
  const token = String(of.credentials['authToken']);
  return {
    method: 'POST',
    url: of.hookUrl,
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'i-twilio-idempotency-token': 'a6f2b7de-0000-4000-8000-000000000001',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': signForm(token, of.hookUrl, form),
    },
    body,
    remoteAddress: '198.51.100.20',
    pathSecret: null,
  };
}

const TRAPS: Readonly<Record<string, Trap>> = {
  'keyword-help': 'automatic',
  'receipt-delivered': 'receipt',
  'receipt-undelivered-unknown-handset': 'receipt',
  'unknown-event': 'unknown',
};

function fixtureOf(name: string): Fixture {
  const file = join(INSTALLATION, 'connectors/twilio-sms/fixtures', `${name}.json`);
  const { body, query } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const trap = TRAPS[name];
  return {
    name,
    arrival: {
      body: Buffer.from(body ?? ''),
      type: 'application/x-www-form-urlencoded',
      query: query ?? '',
    },
    drafts: goldensOf('twilio-sms')[name] ?? [],
    ...(trap === undefined ? {} : { traps: [trap] }),
  };
}

const FIXTURES = [
  'chinese-text',
  'mms-two-photos-no-text',
  'keyword-stop',
  'keyword-help',
  'keyword-inside-a-complaint',
  'alphanumeric-sender',
  'receipt-delivered',
  'receipt-undelivered-unknown-handset',
  'progress-queued',
  'nul-and-lone-surrogate',
  'unknown-event',
];

/** In the form in which the API describes an error: https://www.twilio.com/docs/usage/twilios-response */
function refusal(status: number, code: number, headers: Record<string, string> = {}): AnswerFault {
  return answer(status, { code, message: 'refused', status }, { headers });
}

const OWN: Partial<Record<Fault, AnswerFault>> = {
  unauthorised: refusal(401, 20003),
  rateLimited: refusal(429, 20429, { 'retry-after': String(RETRY_AFTER_SECONDS) }),
  serverError: refusal(500, 20500),
  unavailable: refusal(503, 20503),
  errorInside: answer(201, { sid: `SM${'0'.repeat(32)}`, status: 'failed', error_code: 30007 }),
  recipientGone: refusal(400, 21211),
  optedOut: refusal(400, 21610),
  contentRefused: refusal(400, 21617),
  windowClosed: refusal(400, 63016),
  garbledAnswer: answer(201, 'created', { taken: true }),
};

async function rehearse(): Promise<Rehearsal> {
  const simulator = await startTwilio({
    accountSid: SID,
    authToken: String(account.credentials['authToken']),
    // Receipts go nowhere: nobody listens there.
    route: () => 'http://127.0.0.1:9/',
    retries: { count: 0, on: 'connect', pauseMs: 0 },
  });
  const pointed = { ...account, settings: { ...account.settings, apiBase: simulator.url } };
  const taken = () => simulator.ledger.entries.filter(({ kind }) => kind === 'taken').length;
  return rehearseHttp(simulator, { account: pointed, taken }, OWN);
}

const fixtures = FIXTURES.map(fixtureOf);
const message = fixtures[0]?.arrival.body ?? Buffer.alloc(0);

export const subject: Subject = {
  installation: INSTALLATION,
  account,
  stranger: accountOf('sms-other'),
  now: Date.UTC(2026, 10, 20, 8, 15),
  webhook: {
    sign,
    bodies: [message, fixtures[1]?.arrival.body ?? Buffer.alloc(0)],
    signature: { in: 'header', name: 'x-twilio-signature' },
    signed: [],
    secrets: ['authToken'],
    coversBody: true,
    tolerance: null,
  },
  fixtures,
  drafts: draftsBy(connector),
  conversation: {
    key: `${NUMBER}#${CUSTOMER}`,
    handle: CUSTOMER,
    name: null,
    subject: null,
    ticket: 7,
    context: { our: NUMBER },
  },
  rehearse,
  faults: [...new Set([...HTTP_FAULTS, ...(Object.keys(OWN) as Fault[])])],
  http,
};
