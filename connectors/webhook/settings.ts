import { z } from 'zod';
import { secret } from '../../src/sdk/index.js';
import { receiveFields } from './settings-receive.js';
import { sendFields } from './settings-send.js';

/** Everything an admin sets; what only makes sense together is checked together. */
export const Settings = z
  .object({ ...receiveFields, ...sendFields })
  .superRefine((settings, context) => {
    for (const [field, message] of contradictions(settings)) {
      context.addIssue({ code: 'custom', path: [field], message });
    }
  });
export type Settings = z.infer<typeof Settings>;

function contradictions(
  settings: z.infer<z.ZodObject<typeof receiveFields>>,
): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  if (settings.signature === 'path-secret' && settings.allowFrom.length === 0) {
    found.push(['allowFrom', 'needed where nothing is signed: the addresses deliveries come from']);
  }
  if (settings.signature !== 'hmac') return found;
  if (settings.signatureHeader === undefined) {
    found.push(['signatureHeader', 'needed for an HMAC signature']);
  }
  const { signedContent, timestampHeader, idHeader } = settings;
  for (const [field, header, word] of [
    ['timestampHeader', timestampHeader, 'timestamp'],
    ['idHeader', idHeader, 'id.'],
  ] as const) {
    const signed = signedContent.includes(word);
    if (signed && header === undefined) found.push([field, `needed for ${signedContent}`]);
    if (!signed && header !== undefined) {
      found.push([field, `not covered by ${signedContent}, so anybody could change it`]);
    }
  }
  return found;
}

const PATH_SECRET = /^[A-Za-z0-9_-]{16,200}$/;

export const Credentials = z
  .object({
    secret: secret(
      { en: 'Secret', zh: '密钥' },
      {
        en: 'What deliveries are signed with: whsec_… or whpk_… for Standard Webhooks, the shared secret for HMAC. The other system shows it where its webhook is set up, or takes one that you make: whsec_ and the output of openssl rand -base64 24. Without it every signed delivery is refused.',
        zh: '推送的签名密钥：Standard Webhooks 用 whsec_… 或 whpk_…，HMAC 用共享密钥。见对方系统的 webhook 设置，或自行生成：whsec_ 加 openssl rand -base64 24 的输出。缺少时拒绝所有签名推送。',
      },
    ).optional(),
    previousSecret: secret(
      { en: 'Other secret', zh: '另一个密钥' },
      { en: 'While secrets rotate: the second valid one.', zh: '轮换期间同时有效的第二个密钥。' },
    ).optional(),
    pathSecret: secret(
      { en: 'Secret in the URL', zh: 'URL 中的密钥' },
      {
        en: 'At least 16 letters, digits, - or _; becomes the last part of the hook URL.',
        zh: '至少 16 个字母、数字、- 或 _；成为回调 URL 的最后一段。',
      },
    ).optional(),
    sendSecret: secret(
      { en: 'Secret for sending', zh: '发送密钥' },
      {
        en: 'whsec_… or whsk_…, agreed with the other system: signs what is sent, as Standard Webhooks says.',
        zh: 'whsec_… 或 whsk_…，与对方系统约定：按 Standard Webhooks 对发出的请求签名。',
      },
    ).optional(),
    authorization: secret(
      { en: 'Authorization', zh: 'Authorization' },
      {
        en: 'Value of the Authorization header of what is sent, as the other system wants it, for example Bearer and its API token.',
        zh: '发出请求的 Authorization 头，按对方系统要求填写，例如 Bearer 加其 API 令牌。',
      },
    ).optional(),
  })
  .refine(({ pathSecret }) => pathSecret === undefined || PATH_SECRET.test(pathSecret), {
    path: ['pathSecret'],
    error: 'at least 16 letters, digits, - or _',
  });
export type Credentials = z.infer<typeof Credentials>;
