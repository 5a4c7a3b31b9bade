import { z } from 'zod';
import { DAY, SECOND, field, secret } from '../../../src/sdk/index.js';
import type { Definition } from '../../../src/sdk/index.js';

export const TOLERANCE = 300 * SECOND;
export const MAX_TEXT = 500;

export const definition: Definition = {
  name: 'parcel',
  title: { en: 'Parcel desk', zh: '包裹服务台' },
  version: '1.0.0',
  summary: { en: 'Complaints of a parcel desk.', zh: '包裹服务台的投诉。' },
  docs: 'test/conformance/parcel/README.md',
  channel: 'parcel',
  transports: ['webhook'],
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
    token: secret({ en: 'Token', zh: '令牌' }, { en: 'Sends answers.', zh: '用于发送回复。' }),
  }),
  setup: [
    {
      kind: 'form',
      text: { en: 'Enter address, secret and token.', zh: '填写地址、密钥和令牌。' },
      fields: ['api', 'signingSecret', 'token'],
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
    replyWindows: [],
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
