import { MINUTE } from '../../src/sdk/index.js';
import type { Definition, SetupStep } from '../../src/sdk/index.js';
import { Credentials, Settings } from './settings.js';

/** UTF-16 units of a visitor's message, and of an answer. */
export const MAX_MESSAGE = 10_000;
export const MAX_ANSWER = 50_000;

const setup: readonly SetupStep[] = [
  {
    kind: 'form',
    text: {
      en: 'Name the pages that may show the chat.',
      zh: '填写允许嵌入聊天的页面。',
    },
    fields: ['allowedOrigins', 'title', 'greeting', 'messagesPerMinute', 'requestsPerMinute'],
  },
  {
    kind: 'pasteUrl',
    text: {
      en: 'Put <script src="…/widget.js" async></script> with this address into those pages.',
      zh: '在这些页面中加入 <script src="…/widget.js" async></script>，使用此地址。',
    },
    url: 'widget',
  },
];

/** A chat on one's own pages: REST and a resumable event stream, with a plain widget. */
export const definition: Definition = {
  name: 'webchat',
  title: { en: 'Web chat', zh: '网页聊天' },
  version: '1.0.0',
  summary: {
    en: 'A chat widget for your own pages; answers appear live.',
    zh: '嵌入自有网页的聊天窗口，回复实时显示。',
  },
  docs: 'connectors/webchat/README.md',
  channel: 'webchat',
  transports: ['serve'],
  settings: Settings,
  credentials: Credentials,
  setup,
  capabilities: {
    inbound: {
      text: 'native',
      html: 'dropped',
      subject: 'dropped',
      image: 'rejected',
      audio: 'rejected',
      video: 'rejected',
      file: 'rejected',
    },
    outbound: {
      text: 'native',
      html: 'converted',
      subject: 'dropped',
      image: 'rejected',
      audio: 'rejected',
      video: 'rejected',
      file: 'rejected',
    },
  },
  limits: [
    { what: 'text', unit: 'characters', max: MAX_ANSWER, beyond: 'reject' },
    { what: 'attachments', unit: 'count', max: 0, beyond: 'reject' },
  ],
  policies: {
    replyWindows: [],
    rate: null,
    ordering: 'conversation',
    receipts: ['delivered', 'read'],
    // The stored row is the transport: showing it again shows the same message.
    idempotentSend: true,
    selfEcho: false,
    ack: null,
    redelivery: 10 * MINUTE,
    identity: [
      { kind: 'uid', scope: 'connection', proof: 'weak' },
      { kind: 'email', scope: 'global', proof: 'weak' },
    ],
  },
  headers: [],
  decoding: 'inline',
};
