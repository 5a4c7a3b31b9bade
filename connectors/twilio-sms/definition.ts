import { DAY, SECOND } from '../../src/sdk/index.js';
import type { Definition, SetupStep } from '../../src/sdk/index.js';
import { Credentials, Settings } from './settings.js';

/** Source: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
export const MAX_BODY_CHARACTERS = 1_600;
export const MAX_MEDIA = 10;
export const MAX_MEDIA_BYTES = 5 * 1024 * 1024;

const setup: readonly SetupStep[] = [
  {
    kind: 'read',
    text: {
      en: 'Buy a number that can send SMS in the Twilio Console; in the USA register it with the carriers (A2P 10DLC) first.',
      zh: '在 Twilio 控制台购买可收发短信的号码；美国号码需先完成运营商注册（A2P 10DLC）。',
    },
  },
  {
    kind: 'form',
    text: {
      en: 'Enter the Account SID, the auth token and the number.',
      zh: '填写账户 SID、Auth Token 和号码。',
    },
    fields: [
      'accountSid',
      'authToken',
      'previousAuthToken',
      'from',
      'messagingServiceSid',
      'apiKeySid',
      'apiKeySecret',
      'maxSegments',
      'apiBase',
    ],
  },
  {
    kind: 'pasteUrl',
    text: {
      en: 'Paste this URL at the number (or at the messaging service): “A message comes in”, Webhook, HTTP POST.',
      zh: '将此 URL 粘贴到该号码（或消息服务）的“A message comes in”，选择 Webhook、HTTP POST。',
    },
    url: 'hook',
  },
];

/** SMS and MMS through Twilio: a signed webhook in, the REST API out. */
export const definition: Definition = {
  name: 'twilio-sms',
  title: { en: 'SMS (Twilio)', zh: '短信（Twilio）' },
  version: '1.0.0',
  summary: {
    en: 'Receives and answers SMS and MMS, with delivery receipts.',
    zh: '接收并回复短信与彩信，附送达回执。',
  },
  docs: 'connectors/twilio-sms/README.md',
  channel: 'sms',
  transports: ['webhook'],
  settings: Settings,
  credentials: Credentials,
  setup,
  capabilities: {
    inbound: {
      text: 'native',
      html: 'dropped',
      subject: 'dropped',
      image: 'native',
      audio: 'native',
      video: 'native',
      file: 'native',
    },
    outbound: {
      text: 'native',
      html: 'converted',
      subject: 'dropped',
      image: 'native',
      audio: 'native',
      video: 'native',
      file: 'native',
    },
  },
  limits: [
    { what: 'text', unit: 'characters', max: MAX_BODY_CHARACTERS, beyond: 'split' },
    { what: 'attachment', unit: 'bytes', max: MAX_MEDIA_BYTES, beyond: 'reject' },
    { what: 'attachments', unit: 'count', max: MAX_MEDIA, beyond: 'split' },
  ],
  policies: {
    replyWindows: [],
    // A US long code sends one segment a second; Twilio queues what comes faster (30001 when full).
    rate: { messages: 1, per: SECOND },
    receipts: ['sent', 'delivered', 'failed'],
    idempotentSend: false,
    threadless: true,
    selfEcho: false,
    // An empty TwiML document: nothing is answered automatically. Twilio waits 15 s.
    ack: { deadline: 15 * SECOND, status: 200, type: 'text/xml', body: '<Response/>' },
    redelivery: DAY,
    identity: [
      { kind: 'phone', scope: 'global', proof: 'proven' },
      { kind: 'uid', scope: 'connection', proof: 'weak' },
    ],
  },
  headers: [],
  decoding: 'inline',
};
