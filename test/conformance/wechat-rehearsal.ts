import { answer } from '../../simulators/faults.js';
import type { AnswerFault } from '../../simulators/faults.js';
import { followerOf } from '../../simulators/wechat/account.js';
import type { WechatOptions } from '../../simulators/wechat/account.js';
import { wechatErrorBody } from '../../simulators/wechat/errors.js';
import { seal, sign } from '../../simulators/wechat/seal.js';
import { startWechat } from '../../simulators/wechat/wechat.js';
import type { Trigger } from '../../simulators/wechat/windows.js';
import type { Fault, Rehearsal } from '../../src/sdk/conformance/subject.js';
import type { Account, InboundRequest } from '../../src/sdk/index.js';
import { createHash } from 'node:crypto';
import { HTTP_FAULTS, rehearseHttp } from './http-rehearsal.js';
import { macKeysOf } from './installation.js';

/** A WeChat account whose every secret is a canary. */
export function wechatAccount(id: string, appId: string): Account {
  const digits = createHash('sha256').update(id).digest('hex').slice(0, 26);
  return {
    id,
    settings: { appId, encryption: 'safe', openPlatform: 'shop', apiBase: 'http://127.0.0.1:9' },
    credentials: {
      appSecret: `canary-app-secret-of-${id}-7c21`,
      token: `canaryTokenOf${digits}`,
      encodingAesKey: `canaryAesKeyOfThe${digits}`,
    },
    hookUrl: `https://hub.example/hooks/${id}`,
    macKeys: macKeysOf(id),
  };
}

const stamped = (of: Account, at: number, nonce: string) => {
  const token = String(of.credentials['token']);
  return { token, timestamp: String(Math.floor(at / 1_000)), nonce };
};

/** A sealed push, as safe mode makes it. */
export function signSealed(body: Buffer, at: number, of: Account): InboundRequest {
  const nonce = createHash('sha256').update(body).digest('hex').slice(0, 10);
  const { token, timestamp } = stamped(of, at, nonce);
  const encrypt = seal(body, {
    encodingAesKey: String(of.credentials['encodingAesKey']),
    appId: String(of.settings['appId']),
    random: Buffer.from('0123456789abcdef'),
  });
  const query = new URLSearchParams({
    signature: sign(token, timestamp, nonce),
    timestamp,
    nonce,
    openid: 'oCustomer1',
    encrypt_type: 'aes',
    msg_signature: sign(token, timestamp, nonce, encrypt),
  });
  const text = `<xml><ToUserName><![CDATA[gh_0000000000a1]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`;
  return {
    method: 'POST',
    url: `${of.hookUrl}?${query.toString()}`,
    query,
    headers: { 'content-type': 'text/xml', 'user-agent': 'Mozilla/4.0' },
    body: Buffer.from(text),
    remoteAddress: '198.51.100.21',
    pathSecret: null,
  };
}

/** The GET with which the console tries a URL. */
export function handshake(of: Account, at: number, token?: string): InboundRequest {
  const stamp = stamped(of, at, '486452656');
  const { timestamp, nonce } = stamp;
  const signature = sign(token ?? stamp.token, timestamp, nonce);
  const query = new URLSearchParams({
    signature,
    timestamp,
    nonce,
    echostr: '4375120948345356249',
  });
  return {
    method: 'GET',
    url: `${of.hookUrl}?${query.toString()}`,
    query,
    headers: {},
    body: Buffer.alloc(0),
    remoteAddress: '198.51.100.21',
    pathSecret: null,
  };
}

const CUSTOMER = 'oCustomer1';

/** What the definitions' windows open on, as the simulator calls it. */
const TRIGGERS: Readonly<Record<string, Trigger>> = {
  customerMessage: 'message',
  menuClick: 'menuClick',
  follow: 'follow',
  scan: 'scan',
  enterSession: 'enter',
};

const inside = (code: Parameters<typeof wechatErrorBody>[0]) => answer(200, wechatErrorBody(code));

const OWN: Partial<Record<Fault, AnswerFault>> = {
  unauthorised: inside(40001),
  errorInside: inside(45009),
  recipientGone: inside(40003),
  optedOut: inside(48002),
  contentRefused: inside(45002),
  windowClosed: inside(45015),
  garbledAnswer: answer(200, 'ok', { taken: true }),
};

/** The failures WeChat has, and its simulator can be made to show. */
export const WECHAT_FAULTS: readonly Fault[] = [
  ...new Set([...HTTP_FAULTS, ...(Object.keys(OWN) as Fault[])]),
];

/** A simulator at which the customer of the subject may be answered; faults strike the send, not its token. */
export async function rehearseWechat(
  account: Account,
  product: WechatOptions['product'],
): Promise<Rehearsal> {
  const simulator = await startWechat({
    product,
    appId: String(account.settings['appId']),
    appSecret: String(account.credentials['appSecret']),
  });
  await simulator.customer(CUSTOMER).text('hello');
  const entries = () => simulator.ledger.entries;
  const pointed = { ...account, settings: { ...account.settings, apiBase: simulator.url } };
  const given: Omit<Rehearsal, 'script' | 'close'> = {
    account: pointed,
    taken: () => entries().filter(({ kind }) => kind === 'taken').length,
    tokens: {
      issued: () => entries().filter((entry) => entry.kind === 'token' && entry.isNew).length,
      revoke: () => simulator.killTokens(),
    },
    customerDid(opensOn, ago) {
      const trigger = TRIGGERS[opensOn];
      if (trigger === undefined) throw new Error(`nobody can do ${opensOn} at the simulator`);
      simulator.account.followers.delete(CUSTOMER);
      followerOf(simulator.account, CUSTOMER).right.grant(trigger, Date.now() - ago);
    },
  };
  const script: typeof simulator.script = (rule) =>
    simulator.script({ ...rule, when: ({ path }) => path === '/cgi-bin/message/custom/send' });
  return rehearseHttp({ ...simulator, script }, given, OWN);
}
