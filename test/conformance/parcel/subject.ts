import { createHash } from 'node:crypto';
import { createHttpClient } from '../../../src/connections/http.js';
import type { Fixture, Subject } from '../../../src/sdk/conformance/subject.js';
import type { Account, DraftInput, InboundRequest, Raw } from '../../../src/sdk/index.js';
import { decode, draftOf } from './decode.js';
import { TOLERANCE } from './definition.js';
import { PARCEL_FAULTS, rehearseParcel } from './simulator.js';
import { signatureOf } from './verify.js';

const NOW = Date.UTC(2026, 10, 20, 8, 15);

function accountOf(id: string): Account {
  return {
    id,
    settings: { api: 'http://127.0.0.1:9' },
    credentials: {
      signingSecret: `canary-signing-${id}-4b1f`,
      apiSecret: `canary-api-secret-${id}-90ce`,
    },
    hookUrl: `https://hub.example/hooks/${id}`,
    macKeys: [{ id: 'k1', key: `canary-mac-key-${id}-77aa` }],
  };
}

const account = accountOf('parcel-east');

export function sign(body: Buffer, at: number, of: Account): InboundRequest {
  const id = `evt-${createHash('sha256').update(body).digest('hex')}`;
  const secret = String(of.credentials['signingSecret']);
  return {
    method: 'POST',
    url: of.hookUrl,
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'parcel/1',
      'parcel-id': id,
      'parcel-at': String(at),
      'parcel-signature': signatureOf(secret, id, String(at), body),
    },
    body,
    remoteAddress: '198.51.100.7',
    pathSecret: null,
  };
}

const LONG_ID = '24000000000000001';
const message = `{"id":${LONG_ID},"type":"message","customer":"c-7","text":"我的包裹破了"}`;

function draft(more: Partial<DraftInput>): DraftInput {
  return {
    id: LONG_ID,
    connection: account.id,
    channel: 'parcel',
    conversation: 'c-7',
    kind: 'message',
    receivedAt: new Date(NOW).toISOString(),
    sender: { handle: 'c-7', identities: [{ kind: 'uid', value: 'c-7', proof: 'proven' }] },
    ...more,
  };
}

function fixture(name: string, body: string, golden: Partial<DraftInput>): Fixture {
  return { name, arrival: { body: Buffer.from(body) }, drafts: [draft(golden)] };
}

const fixtures: readonly Fixture[] = [
  { ...fixture('id-beyond-2-53', message, { text: '我的包裹破了' }), digits: [LONG_ID] },
  {
    ...fixture('sent-from-their-own-app', '{"id":"e1","type":"own","customer":"c-7","text":"Hi"}', {
      id: 'e1',
      kind: 'echo',
      text: 'Hi',
    }),
    traps: ['echo'],
  },
  {
    ...fixture('away-until-monday', '{"id":"a1","type":"bounce","customer":"c-7","text":"Away"}', {
      id: 'a1',
      kind: 'automatic',
      text: 'Away',
    }),
    traps: ['automatic'],
  },
  {
    ...fixture('kind-of-next-year', '{"id":"n1","type":"hologram","customer":"c-7"}', {
      id: 'n1',
      kind: 'event',
    }),
    traps: ['unknown'],
  },
  {
    ...fixture('delivered', '{"id":"r1","type":"receipt","customer":"c-7","about":"m1"}', {
      id: 'm1#delivered',
      kind: 'receipt',
      about: 'm1',
      receipt: { status: 'delivered' },
    }),
    traps: ['receipt'],
  },
];

/** What the parcel desk brings to be examined. `installation` is the checkout. */
export function parcelSubject(installation: string): Subject {
  return {
    installation,
    account,
    stranger: accountOf('parcel-west'),
    now: NOW,
    webhook: {
      sign,
      bodies: [Buffer.from(message), Buffer.from(message.replace('c-7', 'c-8'))],
      signature: { in: 'header', name: 'parcel-signature' },
      signed: [
        { in: 'header', name: 'parcel-id' },
        { in: 'header', name: 'parcel-at' },
      ],
      secrets: ['signingSecret'],
      coversBody: true,
      tolerance: TOLERANCE,
    },
    fixtures,
    drafts: (envelope, of) => {
      const decoded = decode(envelope);
      const raws: readonly Raw[] = decoded.kind === 'raws' ? decoded.raws : [];
      return Promise.resolve(raws.map((raw) => draftOf(raw, envelope, of)));
    },
    conversation: {
      key: 'c-7',
      handle: 'c-7',
      name: '李雷',
      subject: null,
      ticket: 12,
      context: {},
    },
    rehearse: () => rehearseParcel(account),
    faults: PARCEL_FAULTS,
    tokens: true,
    http: (signal) => createHttpClient({ allowPrivate: ['127.0.0.0/8'], signal }),
  };
}
