import type { WechatOptions } from '../../simulators/wechat/account.js';
import { startWechat, type WechatSimulator } from '../../simulators/wechat/wechat.js';
import type { Desk } from './desk.js';

/** What the hub is told of itself; the simulator finds it where it really listens. */
export const PUBLIC_URL = 'https://hub.example.com';

export interface WechatAccount extends WechatSimulator {
  /** The connection's id. */
  readonly connection: string;
  /** What came to a chat, texts only, in order. */
  texts(openid: string): readonly string[];
  /** How many messages WeChat took from the hub. */
  taken(): number;
}

/** A WeChat account, connected by its connector; the console has tried the URL. */
export async function connectWechat(
  desk: Desk,
  connector: 'wechat-oa' | 'wechat-mini',
  options: WechatOptions = {},
): Promise<WechatAccount> {
  const wechat = await startWechat({
    product: connector === 'wechat-oa' ? 'officialAccount' : 'miniProgram',
    route: (url) => url.replace(PUBLIC_URL, desk.hub.url),
    retryPausesMs: [10, 10],
    now: () => new Date(desk.clock.now()),
    ...options,
  });
  const { appId, appSecret, token, encodingAesKey, encryption } = wechat.account;
  const { id, hookUrl } = await desk.connect({
    connector,
    name: 'WeChat',
    settings: { appId, encryption, apiBase: wechat.url },
    credentials: { appSecret, token, encodingAesKey },
  });
  const tried = await wechat.setHook(hookUrl ?? '');
  if (tried.status !== 200) throw new Error(`the handshake was answered with ${tried.status}`);
  await desk.opened(id);
  return Object.assign(wechat, {
    connection: id,
    texts: (openid: string) => wechat.customer(openid).inbox.map(({ text }) => text),
    taken: () => wechat.ledger.entries.filter(({ kind }) => kind === 'taken').length,
  });
}
