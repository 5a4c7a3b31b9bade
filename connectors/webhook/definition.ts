import { DAY, SECOND } from '../../src/sdk/index.js';
import type { Definition, SetupStep } from '../../src/sdk/index.js';
import { Credentials, Settings } from './settings.js';
import { receiveFields } from './settings-receive.js';
import { sendFields } from './settings-send.js';

/** No platform says these; they keep one call well below what servers take by default. */
export const MAX_TEXT_CHARACTERS = 50_000;
export const MAX_ATTACHMENTS = 50;

const setup: readonly SetupStep[] = [
  {
    kind: 'form',
    text: {
      en: 'Choose how deliveries are signed and enter the secret. Without a mapping of your own, send the body that docs/webhook.md describes.',
      zh: '选择推送的签名方式并填写密钥。没有自己的映射时，请按 docs/webhook.md 描述的正文发送。',
    },
    fields: [...Object.keys(receiveFields), 'secret', 'previousSecret', 'pathSecret'],
  },
  {
    kind: 'pasteUrl',
    text: {
      en: 'Give this URL to the system that sends, as its webhook (POST).',
      zh: '将此 URL 作为 webhook（POST）填入发送方系统。',
    },
    url: 'hook',
  },
  {
    kind: 'form',
    text: {
      en: 'To answer: enter where answers are sent, their body, and what the other side’s answers mean.',
      zh: '如需回复：填写回复的发送地址、正文，以及对方应答的含义。',
    },
    fields: [...Object.keys(sendFields), 'sendSecret', 'authorization'],
  },
];

/** Any system that can send a signed webhook, without code: signature, mapping and send template are settings. */
export const definition: Definition = {
  name: 'webhook',
  title: { en: 'Webhook', zh: 'Webhook' },
  version: '1.0.0',
  summary: {
    en: 'Receives signed webhooks of any system and answers by an HTTP call, without code.',
    zh: '接收任意系统的签名 webhook，并通过 HTTP 调用回复，无需代码。',
  },
  docs: 'connectors/webhook/README.md',
  channel: 'webhook',
  transports: ['webhook'],
  settings: Settings,
  credentials: Credentials,
  setup,
  capabilities: {
    inbound: {
      text: 'native',
      html: 'native',
      subject: 'native',
      image: 'native',
      audio: 'native',
      video: 'native',
      file: 'native',
    },
    // Files travel as links: by `reply.attachments` of the template, else as lines of the text.
    outbound: {
      text: 'native',
      html: 'native',
      subject: 'native',
      image: 'converted',
      audio: 'converted',
      video: 'converted',
      file: 'converted',
    },
  },
  limits: [
    { what: 'text', unit: 'characters', max: MAX_TEXT_CHARACTERS, beyond: 'reject' },
    { what: 'attachments', unit: 'count', max: MAX_ATTACHMENTS, beyond: 'reject' },
  ],
  policies: {
    replyWindows: [],
    rate: null,
    receipts: ['sent', 'delivered', 'read', 'failed'],
    // Whether repeats are safe is a setting of the connection; failures.ts reads it.
    idempotentSend: false,
    selfEcho: false,
    // Standard Webhooks: 2xx within 15 to 30 s.
    ack: { deadline: 15 * SECOND, status: 200, type: 'application/json', body: '{"ok":true}' },
    // Its example schedule ends after about three days.
    redelivery: 4 * DAY,
    identity: [
      { kind: 'customerId', scope: 'connection', proof: 'proven' },
      { kind: 'uid', scope: 'connection', proof: 'proven' },
      { kind: 'email', scope: 'global', proof: 'weak' },
      { kind: 'phone', scope: 'global', proof: 'weak' },
    ],
  },
  headers: ['webhook-id', 'webhook-timestamp', 'x-event-type', 'x-event-name', 'x-topic'],
  decoding: 'inline',
};
