import { z } from 'zod';
import { DAY, HOUR, SECOND, field, secret } from '../../../src/sdk/index.js';
import type { Definition } from '../../../src/sdk/index.js';

export const TOLERANCE = 300 * SECOND;
export const MAX_TEXT = 500;
export const WINDOW = { lasts: 48 * HOUR, messages: 5 } as const;

export const definition: Definition = {
  name: 'parcel',
  title: { en: 'Parcel desk', zh: '包裹服务台' },
  version: '1.0.0',
  summary: { en: 'Complaints of a parcel desk.', zh: '包裹服务台的投诉。' },
  docs: 'test/conformance/parcel/README.md',
  channel: 'parcel',
  transports: ['webhook', 'poll'],
  settings: z.object({
    api: field(
      z.url(),
      { en: 'API address', zh: 'API 地址' },
      { en: 'Where answers are posted.', zh: '回复发送到的地址。' },
    ),
  }),
  credentials: z.object({
    signingSecret: secret(
      { en: 'Signing secret', zh: '签名密钥' },
      { en: 'Checks deliveries.', zh: '用于验证推送。' },
    ),
    apiSecret: secret(
      { en: 'API secret', zh: 'API 密钥' },
      { en: 'Fetches the token that sends answers.', zh: '用于获取发送回复的令牌。' },
    ),
  }),
  setup: [
    {
      kind: 'form',
      text: { en: 'Enter address and secrets.', zh: '填写地址和密钥。' },
      fields: ['api', 'signingSecret', 'apiSecret'],
    },
    {
      kind: 'pasteUrl',
      text: { en: 'Paste this URL there.', zh: '将此 URL 粘贴到对方。' },
      url: 'hook',
    },
  ],
  capabilities: {
    inbound: {
      ...{ text: 'native', html: 'dropped', subject: 'dropped' },
      ...{ image: 'dropped', audio: 'dropped', video: 'dropped', file: 'dropped' },
    },
    outbound: {
      ...{ text: 'native', html: 'dropped', subject: 'dropped' },
      ...{ image: 'rejected', audio: 'rejected', video: 'rejected', file: 'rejected' },
    },
  },
  limits: [{ what: 'text', unit: 'characters', max: MAX_TEXT, beyond: 'split' }],
  policies: {
    replyWindows: [{ opensOn: 'customerMessage', ...WINDOW, afterwards: 'nothing' }],
    rate: null,
    receipts: ['delivered'],
    idempotentSend: false,
    selfEcho: true,
    ack: { deadline: 5 * SECOND, status: 200, type: 'text/plain', body: '' },
    redelivery: DAY,
    identity: [{ kind: 'uid', scope: 'connection', proof: 'proven' }],
  },
  headers: [],
  decoding: 'inline',
};
