import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../../simulators/wechat/windows.js';
import type { Fixture, Subject, Trap } from '../../src/sdk/conformance/subject.js';
import { MINUTE } from '../../src/sdk/index.js';
import type { Connector } from '../../src/sdk/index.js';
import { INSTALLATION, draftsBy, goldensOf, http } from './installation.js';
import {
  handshake,
  rehearseWechat,
  signSealed,
  WECHAT_FAULTS,
  wechatAccount,
} from './wechat-rehearsal.js';

/** What one of WeChat's products brings of its own. */
export interface WechatProduct {
  readonly connector: Connector;
  readonly product: Product;
  readonly traps: Readonly<Record<string, Trap>>;
  /** Long numbers in a fixture, by its name. */
  readonly digits: Readonly<Record<string, string>>;
}

/** A product of WeChat as the kit examines it: its fixtures are those that have golden drafts. */
export function wechatSubject(own: WechatProduct): Subject {
  const { name } = own.connector.definition;
  const account = wechatAccount(`${name}-main`, 'wx00000000000000a1');
  const fixtures = Object.keys(goldensOf(name)).map((file) => fixtureOf(own, file));
  const [first, second] = fixtures.map(({ arrival }) => arrival.body);
  return {
    installation: INSTALLATION,
    account,
    stranger: wechatAccount(`${name}-other`, 'wx00000000000000b2'),
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
    drafts: sealedDraftsBy(own.connector),
    conversation: {
      key: 'oCustomer1',
      handle: 'oCustomer1',
      name: null,
      subject: null,
      ticket: 7,
      context: {},
    },
    rehearse: () => rehearseWechat(account, own.product),
    faults: WECHAT_FAULTS,
    tokens: true,
    http,
  };
}

/** A fixture is what stands inside of a push: only sealed does it prove who wrote it. */
function sealedDraftsBy(connector: Connector): NonNullable<Subject['drafts']> {
  const draft = draftsBy(connector);
  return (envelope, account) => {
    const { body, query } = signSealed(envelope.body, envelope.receivedAt, account);
    return draft({ ...envelope, body, query: query.toString() }, account);
  };
}

function fixtureOf({ connector, traps, digits }: WechatProduct, file: string): Fixture {
  const { name } = connector.definition;
  const body = readFileSync(join(INSTALLATION, 'connectors', name, 'fixtures', file));
  const trap = traps[file];
  const number = digits[file];
  return {
    name: file,
    arrival: { body, type: file.endsWith('.json') ? 'application/json' : 'text/xml' },
    drafts: goldensOf(name)[file] ?? [],
    ...(trap === undefined ? {} : { traps: [trap] }),
    ...(number === undefined ? {} : { digits: [number] }),
  };
}
