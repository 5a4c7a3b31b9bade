import { z } from 'zod';
import { calledUrl, field, secret } from '../../src/sdk/index.js';
import type { Account } from '../../src/sdk/index.js';

export const DEFAULT_API_BASE = 'https://api.weixin.qq.com';

/** The two products have the same fields, found at different places of the console. */
export interface Places {
  readonly developer: { readonly en: string; readonly zh: string };
  readonly push: { readonly en: string; readonly zh: string };
}

const AES_KEY = /^[A-Za-z0-9]{43}$/;
const aesKey = (...words: Parameters<typeof secret>) =>
  secret(...words).regex(AES_KEY, 'has 43 letters and digits');

/** Every setting of a WeChat account, with the words that say where its value is found. */
export function settingsAt({ developer, push }: Places) {
  return z.object({
    appId: field(
      z.string().regex(/^wx[0-9a-z]{16}$/i, 'starts with wx, then 16 letters and digits'),
      { en: 'AppID', zh: 'AppID' },
      { en: `Starts with wx; in ${developer.en}.`, zh: `以 wx 开头，见${developer.zh}。` },
    ),
    encryption: field(
      z.enum(['safe', 'compatible', 'plain']).default('safe'),
      { en: 'Encryption of deliveries', zh: '消息加密方式' },
      {
        en: `As chosen in ${push.en}. Choose safe there: a plain signature does not cover the message. Plain deliveries are taken only if this says so.`,
        zh: `与${push.zh}中的选择一致。建议选安全模式：明文签名不覆盖消息内容。仅在此处设为明文时才接收明文推送。`,
      },
    ),
    openPlatform: field(
      z.string().max(100).optional(),
      { en: 'Open Platform account', zh: '开放平台账号' },
      {
        en: 'Any name, the same for all accounts bound to one account of open.weixin.qq.com: a UnionID means the same person among them.',
        zh: '任意名称；绑定在同一开放平台账号下的各账号填写相同名称，UnionID 在其中代表同一个人。',
      },
    ),
    apiBase: calledUrl(
      z.url({ protocol: /^https?$/ }).default(DEFAULT_API_BASE),
      { en: 'API address', zh: 'API 地址' },
      {
        en: 'Where the API lives; another one of WeChat’s regional hosts, or the simulator.',
        zh: 'API 所在地址；使用微信其他接入点或模拟器时更改。',
      },
    ),
  });
}

/** Every secret of a WeChat account. */
export function credentialsAt({ developer, push }: Places) {
  return z.object({
    appSecret: secret(
      { en: 'AppSecret', zh: 'AppSecret' },
      {
        en: `In ${developer.en}; shown once when it is made. Without it nothing can be sent or fetched.`,
        zh: `见${developer.zh}，仅在生成时显示一次。缺少时无法发送或下载。`,
      },
    ),
    token: secret(
      { en: 'Token', zh: 'Token（令牌）' },
      {
        en: `Made up by you and entered in ${push.en}; without it every delivery is refused.`,
        zh: `自行设定并填入${push.zh}；缺少时拒绝所有推送。`,
      },
    ),
    encodingAesKey: aesKey(
      { en: 'EncodingAESKey', zh: 'EncodingAESKey' },
      {
        en: `43 characters, in ${push.en}; needed unless deliveries are plain.`,
        zh: `43 位字符，见${push.zh}；除明文模式外必填。`,
      },
    ).optional(),
    previousToken: secret(
      { en: 'Previous token', zh: '旧 Token' },
      {
        en: 'While the token is being changed: the one before, believed as well.',
        zh: '更换 Token 期间的旧值，同样有效。',
      },
    ).optional(),
    previousAesKey: aesKey(
      { en: 'Previous EncodingAESKey', zh: '旧 EncodingAESKey' },
      {
        en: 'While the key is being changed: the one before, tried as well.',
        zh: '更换密钥期间的旧值，同样尝试。',
      },
    ).optional(),
  });
}

export interface Config {
  readonly appId: string;
  readonly apiBase: string;
  readonly appSecret: string;
}

/** What calling the API takes, or the first field that is missing. */
export function configOf({
  settings,
  credentials,
}: Account):
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly setting: string } {
  const appId = wordOf(settings['appId']);
  const appSecret = wordOf(credentials['appSecret']);
  if (appId === null) return { ok: false, setting: 'appId' };
  if (appSecret === null) return { ok: false, setting: 'appSecret' };
  const base = wordOf(settings['apiBase']) ?? DEFAULT_API_BASE;
  return URL.canParse(base)
    ? { ok: true, config: { appId, appSecret, apiBase: base.replace(/\/+$/, '') } }
    : { ok: false, setting: 'apiBase' };
}

/** The account a sealed message has to be for; empty while none is set. */
export function appIdOf({ settings }: Account): string {
  return wordOf(settings['appId']) ?? '';
}

/** The tokens that may have signed a delivery. */
export function tokensOf({ credentials }: Account): readonly string[] {
  return wordsOf(credentials['token'], credentials['previousToken']);
}

/** The keys that may have sealed a delivery. */
export function aesKeysOf({ credentials }: Account): readonly string[] {
  return wordsOf(credentials['encodingAesKey'], credentials['previousAesKey']);
}

function wordsOf(...values: readonly unknown[]): readonly string[] {
  return values.map(wordOf).filter((word) => word !== null);
}

function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
