import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { compileSelector, field } from '../../src/sdk/index.js';

/** How a delivery shows that it comes from whom it should: a closed list. */
export const SCHEMES = ['standard-webhooks', 'hmac', 'path-secret'] as const;

/** What an HMAC covers: a closed list. `id` and `timestamp` are the headers named beside it. */
export const SIGNED_CONTENTS = [
  'body',
  'timestamp.body',
  'id.timestamp.body',
  'v0:timestamp:body',
] as const;
export type SignedContent = (typeof SIGNED_CONTENTS)[number];

/** A JMESPath expression that compiles. */
export const selector = z.string().superRefine((text, context) => {
  const read = compileSelector(text);
  if (!read.ok) context.addIssue({ code: 'custom', message: read.why });
});

const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9-]+$/, 'the name of a header: letters, digits and hyphens')
  .transform((name) => name.toLowerCase());

/** `203.0.113.0/24`, `2001:db8::/32` or a single address. */
const cidr = z.string().refine(isCidr, 'an address or a range as 203.0.113.0/24');

function isCidr(text: string): boolean {
  return addTo(new BlockList(), text);
}

/** Adds a range; false when it is none. */
export function addTo(list: BlockList, text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (version === 0 || more !== undefined || !(length <= most)) return false;
  list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
  return true;
}

/** The half of the settings that says how deliveries are believed and read. */
export const receiveFields = {
  signature: field(
    z.enum(SCHEMES).default('standard-webhooks'),
    { en: 'Signature', zh: '签名方式' },
    {
      en: 'Standard Webhooks (v1, v1a), an HMAC as the fields below say, or, for platforms that sign nothing, a secret in the URL together with a list of addresses.',
      zh: 'Standard Webhooks（v1、v1a）、按下列字段的 HMAC，或对不签名的平台：URL 中的密钥加 IP 白名单。',
    },
  ),
  signatureHeader: field(
    headerName.optional(),
    { en: 'HMAC: signature header', zh: 'HMAC：签名头' },
    { en: 'The header that carries the signature.', zh: '携带签名的请求头。' },
  ),
  algorithm: field(
    z.enum(['sha256', 'sha512', 'sha1']).default('sha256'),
    { en: 'HMAC: algorithm', zh: 'HMAC：算法' },
    { en: 'The hash under the HMAC.', zh: 'HMAC 使用的哈希。' },
  ),
  encoding: field(
    z.enum(['hex', 'base64']).default('hex'),
    { en: 'HMAC: encoding', zh: 'HMAC：编码' },
    { en: 'How the signature is written.', zh: '签名的书写方式。' },
  ),
  signaturePrefix: field(
    z.string().max(30).default(''),
    { en: 'HMAC: prefix', zh: 'HMAC：前缀' },
    {
      en: 'What stands before the signature, for example sha256=',
      zh: '签名前的文字，例如 sha256=',
    },
  ),
  signedContent: field(
    z.enum(SIGNED_CONTENTS).default('body'),
    { en: 'HMAC: signed content', zh: 'HMAC：签名内容' },
    {
      en: 'What the HMAC covers. With a timestamp, old deliveries cannot be played back.',
      zh: 'HMAC 覆盖的内容。包含时间戳时，旧推送无法被重放。',
    },
  ),
  secretEncoding: field(
    z.enum(['text', 'base64', 'hex']).default('text'),
    { en: 'HMAC: secret is', zh: 'HMAC：密钥格式' },
    { en: 'How the secret becomes bytes.', zh: '密钥转换为字节的方式。' },
  ),
  timestampHeader: field(
    headerName.optional(),
    { en: 'HMAC: timestamp header', zh: 'HMAC：时间戳头' },
    {
      en: 'Unix seconds or milliseconds; must be part of the signed content. Accepted ±5 minutes.',
      zh: 'Unix 秒或毫秒；须属于签名内容。允许 ±5 分钟。',
    },
  ),
  idHeader: field(
    headerName.optional(),
    { en: 'HMAC: id header', zh: 'HMAC：编号头' },
    {
      en: 'The id of the delivery; must be part of the signed content.',
      zh: '推送编号；须属于签名内容。',
    },
  ),
  allowFrom: field(
    z.array(cidr).max(200).default([]),
    { en: 'Allowed addresses', zh: '允许的地址' },
    {
      en: 'Deliveries come from these addresses or ranges only. Needed where nothing is signed.',
      zh: '仅接受来自这些地址或网段的推送。无签名时必填。',
    },
  ),
  deliveryKey: field(
    selector.optional(),
    { en: 'Delivery id in the body', zh: '正文中的推送编号' },
    {
      en: 'A selector on the body whose value is the same when a delivery is repeated and never else. Without it: the signed id, or a hash of the body.',
      zh: '正文上的选择器：同一推送重发时值相同，否则不同。缺省：已签名的编号或正文哈希。',
    },
  ),
  bodyFormat: field(
    z.enum(['json', 'form']).default('json'),
    { en: 'Body', zh: '正文格式' },
    {
      en: 'How the body is read, whatever its content type says.',
      zh: '正文的读取方式，与 Content-Type 无关。',
    },
  ),
  items: field(
    selector.optional(),
    { en: 'Messages in the body', zh: '正文中的消息列表' },
    {
      en: 'Where one delivery holds several messages: a selector on the body that gives the list.',
      zh: '一次推送含多条消息时：取出列表的选择器。',
    },
  ),
  mapping: field(
    z
      .string()
      .max(60)
      .regex(
        /^[a-z0-9-]*$/,
        'the name of a folder in mappings/webhook: small letters, digits, hyphens',
      )
      .default(''),
    { en: 'Mapping', zh: '映射' },
    {
      en: 'A folder below mappings/webhook in the configuration; empty: the body as docs/webhook.md describes it.',
      zh: '配置中 mappings/webhook 下的文件夹；留空：使用 docs/webhook.md 描述的正文。',
    },
  ),
} as const;
