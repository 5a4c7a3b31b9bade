import { newRun } from '../../src/sdk/index.js';
import type { Account, Localised, Rendered, Reply } from '../../src/sdk/index.js';
import { MAX_ATTACHMENTS, MAX_TEXT_CHARACTERS } from './definition.js';
import { planSend } from './send-plan.js';
import type { SendPlan } from './send-plan.js';
import { fillJson, fillText, inHeader, inUrl } from './template.js';

/** What `send` needs of a part; no secrets. */
export interface Payload {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One HTTP call a reply: the connection's template, filled with values. */
export function render(reply: Reply, account: Account): Rendered {
  const planned = planSend(account);
  if (!planned.ok) {
    return refused('permission', {
      en: `This connection cannot send: “${planned.setting}”: ${planned.why}.`,
      zh: `此连接无法发送：“${planned.setting}”：${planned.why}。`,
    });
  }
  if (reply.attachments.some(({ url }) => url === null)) {
    return refused('content', {
      en: 'Attachments travel as links here, and this hub has no public address (HUBBUB_PUBLIC_URL).',
      zh: '附件在此以链接发送，而本系统没有公网地址（HUBBUB_PUBLIC_URL）。',
    });
  }
  const long = tooLong(reply);
  if (long !== null) return refused('content', long);
  const payload = payloadOf(reply, account, planned.plan);
  if (payload === null) {
    return refused('content', {
      en: 'The send template does too much work on this reply.',
      zh: '发送模板对此回复的处理量过大。',
    });
  }
  const preview = withLinks(reply, planned.plan);
  return { kind: 'parts', parts: [{ payload, preview, attachments: reply.attachments }] };
}

function tooLong({ text, attachments }: Reply): Localised | null {
  // Counted in characters only where the text could be too long at all.
  if (text.length > MAX_TEXT_CHARACTERS && [...text].length > MAX_TEXT_CHARACTERS) {
    const max = MAX_TEXT_CHARACTERS;
    return { en: `The text is longer than ${max} characters.`, zh: `文本超过 ${max} 个字符。` };
  }
  const max = MAX_ATTACHMENTS;
  return attachments.length > max
    ? { en: `At most ${max} attachments fit one answer.`, zh: `一次回复最多 ${max} 个附件。` }
    : null;
}

function payloadOf(reply: Reply, account: Account, plan: SendPlan): Payload | null {
  const { conversation } = reply;
  const input = {
    reply: {
      id: reply.id,
      text: withLinks(reply, plan),
      html: reply.html,
      at: new Date(reply.composedAt).toISOString(),
      agent: reply.agent,
      attachments: reply.attachments.map(({ url, name, type, size }) => ({
        url,
        name,
        type,
        size,
      })),
    },
    conversation,
    settings: account.settings,
  };
  const run = newRun(input);
  const payload = {
    url: fillText(plan.url, input, run, inUrl),
    headers: Object.fromEntries(
      plan.headers.map(([name, text]) => [name, inHeader(fillText(text, input, run, (v) => v))]),
    ),
    body: fillJson(plan.body, input, run),
  };
  return run.left < 0 ? null : payload;
}

/** A template that says nothing about attachments gets them as lines of the text: none is lost. */
function withLinks(reply: Reply, plan: SendPlan): string {
  if (plan.namesAttachments || reply.attachments.length === 0) return reply.text;
  const links = reply.attachments.map(({ name, url }) => `${name}: ${url ?? ''}`);
  return [reply.text, ...links].join('\n').trim();
}

function refused(cause: 'content' | 'permission', why: Localised): Rendered {
  return { kind: 'refused', cause, why };
}
