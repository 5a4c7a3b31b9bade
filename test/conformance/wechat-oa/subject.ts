import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connector } from '../../../connectors/wechat-oa/index.js';
import type { Fixture, Subject, Trap } from '../../../src/sdk/conformance/subject.js';
import { MINUTE } from '../../../src/sdk/index.js';
import { INSTALLATION, draftsBy, goldensOf, http } from '../installation.js';
import {
  handshake,
  rehearseWechat,
  signSealed,
  WECHAT_FAULTS,
  wechatAccount,
} from '../wechat-rehearsal.js';

const account = wechatAccount('wechat-main', 'wx00000000000000a1');

const TRAPS: Readonly<Record<string, Trap>> = {
  'sticker-as-a-placeholder.xml': 'automatic',
  'unknown-kind.xml': 'unknown',
};

const DIGITS: Readonly<Record<string, string>> = {
  'text-with-a-64-bit-id.xml': '24000000000000001',
  'text-as-json-with-a-bare-64-bit-id.json': '24000000000000025',
};

function fixtureOf(name: string): Fixture {
  const file = join(INSTALLATION, 'connectors/wechat-oa/fixtures', name);
  const trap = TRAPS[name];
  const digits = DIGITS[name];
  return {
    name,
    arrival: { body: readFileSync(file), type: 'text/xml' },
    drafts: goldensOf('wechat-oa')[name] ?? [],
    ...(trap === undefined ? {} : { traps: [trap] }),
    ...(digits === undefined ? {} : { digits: [digits] }),
  };
}

const fixtures = Object.keys(goldensOf('wechat-oa')).map(fixtureOf);
const [first, second] = fixtures.map(({ arrival }) => arrival.body);

export const subject: Subject = {
  installation: INSTALLATION,
  account,
  stranger: wechatAccount('wechat-other', 'wx00000000000000b2'),
  now: Date.UTC(2026, 10, 20, 8, 15),
  webhook: {
    sign: signSealed,
    bodies: [first ?? Buffer.alloc(0), second ?? Buffer.alloc(0)],
    signature: { in: 'query', name: 'msg_signature' },
    signed: [
      { in: 'query', name: 'timestamp' },
      { in: 'query', name: 'nonce' },
    ],
    secrets: ['token', 'encodingAesKey'],
    coversBody: true,
    tolerance: 5 * MINUTE,
    handshake: {
      genuine: (of, at) => handshake(of, at),
      forged: (of, at) => handshake(of, at, 'another-token'),
    },
  },
  fixtures,
  drafts: draftsBy(connector),
  conversation: {
    key: 'oCustomer1',
    handle: 'oCustomer1',
    name: null,
    subject: null,
    ticket: 7,
    context: {},
  },
  rehearse: () => rehearseWechat(account, 'officialAccount'),
  faults: WECHAT_FAULTS,
  http,
};
