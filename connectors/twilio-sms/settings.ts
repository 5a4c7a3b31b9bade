import { z } from 'zod';
import { calledUrl, field, secret } from '../../src/sdk/index.js';
import type { Account } from '../../src/sdk/index.js';

export const DEFAULT_API_BASE = 'https://api.twilio.com';

export const Settings = z.object({
  accountSid: field(
    z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'starts with AC, then 32 hexadecimal digits'),
    { en: 'Account SID', zh: '账户 SID' },
    {
      en: 'Starts with AC; on the first page of the Twilio Console.',
      zh: '以 AC 开头，见 Twilio 控制台首页。',
    },
  ),
  from: field(
    z
      .string()
      .regex(/^\+[1-9]\d{4,14}$/, 'as E.164, for example +15550002222')
      .optional(),
    { en: 'Phone number', zh: '电话号码' },
    {
      en: 'The Twilio number that sends, as E.164; in the Console under Phone Numbers. Answers leave by the number the customer wrote to. This, or a Messaging Service, is needed to send.',
      zh: '用于发送的 Twilio 号码（E.164 格式），见控制台“Phone Numbers”。回复从客户写信的号码发出。发送需要此项或消息服务。',
    },
  ),
  messagingServiceSid: field(
    z
      .string()
      .regex(/^MG[0-9a-fA-F]{32}$/, 'starts with MG, then 32 hexadecimal digits')
      .optional(),
    { en: 'Messaging Service SID', zh: '消息服务 SID' },
    {
      en: 'In the Console under Messaging, Services. Twilio then chooses the number where no conversation says which one.',
      zh: '见控制台“Messaging / Services”。会话未指明号码时由 Twilio 选择。',
    },
  ),
  apiKeySid: field(
    z
      .string()
      .regex(/^SK[0-9a-fA-F]{32}$/, 'starts with SK, then 32 hexadecimal digits')
      .optional(),
    { en: 'API key SID', zh: 'API 密钥 SID' },
    {
      en: 'Made in the Console under Account, API keys & tokens: sends with this key and its secret instead of the auth token.',
      zh: '在控制台“Account / API keys & tokens”中创建：用此密钥及其机密代替 Auth Token 发送。',
    },
  ),
  maxSegments: field(
    z.number().int().min(1).max(24).default(10),
    { en: 'Segments per message', zh: '每条消息的分段数' },
    {
      en: 'Longer text becomes several messages. A segment holds 153 GSM or 67 other characters.',
      zh: '更长的文本拆成多条消息。每段 153 个 GSM 字符或 67 个其他字符。',
    },
  ),
  apiBase: calledUrl(
    z.url({ protocol: /^https?$/ }).default(DEFAULT_API_BASE),
    { en: 'API address', zh: 'API 地址' },
    {
      en: 'Where the API lives; another one for a region of Twilio or for the simulator.',
      zh: 'API 所在地址；使用 Twilio 区域或模拟器时更改。',
    },
  ),
});
export type Settings = z.infer<typeof Settings>;

export const Credentials = z.object({
  authToken: secret(
    { en: 'Auth token', zh: 'Auth Token' },
    {
      en: 'On the first page of the Twilio Console, below the Account SID. Checks that deliveries come from Twilio; without it every delivery is refused.',
      zh: '见 Twilio 控制台首页，账户 SID 下方。用于验证推送来自 Twilio；缺少时拒绝所有推送。',
    },
  ),
  previousAuthToken: secret(
    { en: 'Other auth token', zh: '另一个 Auth Token' },
    {
      en: 'While Twilio rotates tokens: the second valid one, in the Console under API keys & tokens.',
      zh: '轮换期间同时有效的第二个 Auth Token，见控制台“API keys & tokens”。',
    },
  ).optional(),
  apiKeySecret: secret(
    { en: 'API key secret', zh: 'API 密钥机密' },
    {
      en: 'Belongs to the API key SID; Twilio shows it once, when the key is made.',
      zh: '与 API 密钥 SID 配套；仅在创建密钥时显示一次。',
    },
  ).optional(),
});
export type Credentials = z.infer<typeof Credentials>;

export interface Config {
  readonly settings: Settings;
  readonly credentials: Credentials;
}

/** The connection's own words, or the name of the first setting that is missing or wrong. */
export function configOf(
  account: Account,
):
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly setting: string } {
  const settings = Settings.safeParse(account.settings);
  if (!settings.success) return { ok: false, setting: nameOf(settings.error) };
  const credentials = Credentials.safeParse(account.credentials);
  if (!credentials.success) return { ok: false, setting: nameOf(credentials.error) };
  return { ok: true, config: { settings: settings.data, credentials: credentials.data } };
}

function nameOf(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') ?? 'settings';
}
