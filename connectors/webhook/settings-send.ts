import { z } from 'zod';
import { calledUrl, field } from '../../src/sdk/index.js';
import { selector } from './settings-receive.js';
import { compileJson, compileText } from './template.js';

/** What an answer of the other side can mean: a closed list, see failures.ts. */
export const MEANINGS = [
  'sent',
  'transient',
  'rateLimited',
  'unauthorised',
  'windowClosed',
  'recipientGone',
  'optedOut',
  'content',
  'permission',
  'misconfigured',
  'uncertain',
] as const;
export type Meaning = (typeof MEANINGS)[number];

/** The body of an answer when the connection names none; docs/webhook.md describes it. */
export const DEFAULT_BODY = {
  type: 'reply.created',
  timestamp: '{{reply.at}}',
  data: {
    id: '{{reply.id}}',
    ticket: '{{conversation.ticket}}',
    conversation: '{{conversation.key}}',
    customer: { id: '{{conversation.handle}}', name: '{{conversation.name}}' },
    inReplyTo: '{{conversation.context.messageId}}',
    subject: '{{conversation.subject}}',
    text: '{{reply.text}}',
    attachments: '{{reply.attachments}}',
  },
} as const;

const MOST_BODY_CHARACTERS = 20_000;

const text = z
  .string()
  .max(2_000)
  .superRefine((value, context) => {
    const read = compileText(value);
    if (!read.ok) context.addIssue({ code: 'custom', message: read.why });
  });

/** Placeholders may stand in the path and the query; where a request goes is never theirs to say. */
const urlTemplate = text.refine(
  isUrlTemplate,
  'an http(s) URL; placeholders stand after the host only',
);

function isUrlTemplate(value: string): boolean {
  const sample = value.replaceAll(/\{\{[^{}]{0,300}\}\}/g, 'x');
  return /^https?:\/\/[^/{}]+(?:[/?]|$)/.test(value) && URL.canParse(sample);
}

const bodyTemplate = z.unknown().superRefine((value, context) => {
  const read = compileJson(value);
  if (!read.ok) return context.addIssue({ code: 'custom', message: read.why });
  if (JSON.stringify(value ?? null).length > MOST_BODY_CHARACTERS) {
    context.addIssue({ code: 'custom', message: `at most ${MOST_BODY_CHARACTERS} characters` });
  }
});

const errorRule = z.object({
  when: field(
    selector,
    { en: 'When', zh: '条件' },
    { en: 'A selector on {status, body} of the answer.', zh: '针对应答 {status, body} 的选择器。' },
  ),
  means: field(
    z.enum(MEANINGS),
    { en: 'Means', zh: '含义' },
    { en: 'What the answer then says about the message.', zh: '此应答对消息意味着什么。' },
  ),
  why: field(
    z.string().max(200).optional(),
    { en: 'Reason', zh: '原因' },
    { en: 'Shown to the agent.', zh: '显示给客服的原因。' },
  ),
  retryAfter: field(
    selector.optional(),
    { en: 'Wait', zh: '等待' },
    {
      en: 'For rateLimited: a selector that gives the seconds to wait.',
      zh: '用于 rateLimited：给出等待秒数的选择器。',
    },
  ),
});
export type ErrorRule = z.infer<typeof errorRule>;

/** The half of the settings that says how answers are sent, and what the other side's answers mean. */
export const sendFields = {
  sendUrl: calledUrl(
    urlTemplate.optional(),
    { en: 'Send to', zh: '发送地址' },
    {
      en: 'Where answers are sent. {{conversation.key}} and the like may stand in path and query. Empty: answers are not possible.',
      zh: '发送回复的地址，路径和查询中可用 {{conversation.key}} 等占位符。留空则无法回复。',
    },
  ),
  sendMethod: field(
    z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
    { en: 'Method', zh: '方法' },
    { en: 'The HTTP method.', zh: 'HTTP 方法。' },
  ),
  sendHeaders: field(
    z.record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), text).default({}),
    { en: 'Headers', zh: '请求头' },
    {
      en: 'Further headers, with placeholders. Secrets belong into “Authorization” below.',
      zh: '附加请求头，可用占位符。机密请填入“Authorization”。',
    },
  ),
  sendBody: field(
    bodyTemplate.default(DEFAULT_BODY),
    { en: 'Body', zh: '正文' },
    {
      en: 'JSON whose texts may hold {{selectors}} on reply, conversation and settings.',
      zh: 'JSON，文本中可用针对 reply、conversation、settings 的 {{选择器}}。',
    },
  ),
  externalId: field(
    selector.default('body.id'),
    { en: 'Id in the answer', zh: '应答中的编号' },
    {
      en: 'A selector on {status, body} of the answer: the other side’s id of the message; receipts name it.',
      zh: '应答 {status, body} 上的选择器：对方的消息编号，回执以此对应。',
    },
  ),
  idempotent: field(
    z.boolean().default(false),
    { en: 'Repeats are safe', zh: '可安全重发' },
    {
      en: 'The other side takes a repeated webhook-id (or Idempotency-Key) once only: a send without an answer is then repeated.',
      zh: '对方对相同 webhook-id（或 Idempotency-Key）只处理一次：无应答时将自动重发。',
    },
  ),
  receipts: field(
    z.boolean().default(false),
    { en: 'Receipts come', zh: '有送达回执' },
    {
      en: 'The other side reports later what became of a message.',
      zh: '对方随后会报告消息的状态。',
    },
  ),
  errors: field(
    z.array(errorRule).max(100).default([]),
    { en: 'What answers mean', zh: '应答含义' },
    {
      en: 'A list of {when, means}: the first selector on {status, body} that holds decides; otherwise the status does.',
      zh: '{when, means} 列表：首个成立的选择器（针对 {status, body}）决定含义，否则按状态码。',
    },
  ),
  checkUrl: calledUrl(
    z.url({ protocol: /^https?$/ }).optional(),
    { en: 'Check URL', zh: '检查地址' },
    {
      en: 'A signed ping is sent there when the connection is checked.',
      zh: '检查连接时向此地址发送已签名的 ping。',
    },
  ),
} as const;
