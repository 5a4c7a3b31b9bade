import { DAY } from '../../src/sdk/index.js';
import type { Definition, SetupStep } from '../../src/sdk/index.js';
import { Credentials, Settings } from './settings.js';

/** Bytes of all attachments of one answer; most servers refuse mails over 25 to 50 MB, and base64 adds 37 %. */
export const MAX_OUTGOING_BYTES = 25 * 1024 * 1024;
export const MAX_OUTGOING_FILES = 50;
export const MAX_OUTGOING_TEXT = 200_000;

const setup: readonly SetupStep[] = [
  {
    kind: 'read',
    text: {
      en: 'Create an app password or authorisation code for the mailbox (Gmail, QQ, 163), or register an OAuth app (Microsoft).',
      zh: '为邮箱创建应用专用密码或授权码（Gmail、QQ、163），或注册 OAuth 应用（Microsoft）。',
    },
  },
  {
    kind: 'form',
    text: {
      en: 'Enter the address and the servers; leave IMAP out to receive by the built-in listener.',
      zh: '填写地址与服务器；不填 IMAP 则使用内置监听收信。',
    },
    fields: [
      ...['address', 'displayName', 'imap', 'smtp', 'listener'],
      ...['imapPassword', 'smtpPassword', 'listenerKey'],
    ],
  },
  {
    kind: 'form',
    text: {
      en: 'With OAuth: enter the app you registered and its refresh token.',
      zh: '使用 OAuth 时：填写所注册的应用及其刷新令牌。',
    },
    fields: ['oauth', 'oauthClientId', 'oauthClientSecret', 'oauthRefreshToken'],
  },
  {
    kind: 'form',
    text: {
      en: 'Name the server that checks sender signatures for you, so that aligned senders are recognised.',
      zh: '填写为您验证发件人签名的服务器名称，以便识别通过验证的发件人。',
    },
    fields: ['trustedAuthservIds', 'plusAddress', 'ownAddresses', 'signature'],
  },
];

/** E-mail: IMAP or a built-in SMTP listener in, SMTP out. */
export const definition: Definition = {
  name: 'email',
  title: { en: 'E-mail', zh: '电子邮件' },
  version: '1.0.0',
  summary: {
    en: 'Receives by IMAP or a built-in SMTP listener and answers by SMTP, in the customer’s thread.',
    zh: '通过 IMAP 或内置 SMTP 监听收信，通过 SMTP 在客户的邮件会话中回复。',
  },
  docs: 'connectors/email/README.md',
  channel: 'email',
  // A mailbox that is only polled is a stream as well: it holds its connection between the rounds.
  transports: ['stream', 'listen'],
  settings: Settings,
  credentials: Credentials,
  setup,
  capabilities: {
    inbound: {
      text: 'native',
      html: 'converted',
      subject: 'native',
      image: 'native',
      audio: 'native',
      video: 'native',
      file: 'native',
    },
    outbound: {
      text: 'native',
      html: 'converted',
      subject: 'native',
      image: 'native',
      audio: 'native',
      video: 'native',
      file: 'native',
    },
  },
  limits: [
    { what: 'text', unit: 'characters', max: MAX_OUTGOING_TEXT, beyond: 'reject' },
    { what: 'attachment', unit: 'bytes', max: MAX_OUTGOING_BYTES, beyond: 'reject' },
    { what: 'attachments', unit: 'count', max: MAX_OUTGOING_FILES, beyond: 'reject' },
  ],
  policies: {
    replyWindows: [],
    rate: null,
    receipts: ['read', 'failed'],
    idempotentSend: false,
    selfEcho: true,
    ack: null,
    redelivery: 5 * DAY,
    identity: [
      { kind: 'email', scope: 'global', proof: 'weak' },
      { kind: 'email', scope: 'global', proof: 'strong' },
      { kind: 'email', scope: 'global', proof: 'proven' },
    ],
  },
  headers: [],
  imports: ['mbox'],
  decoding: 'apart',
};
