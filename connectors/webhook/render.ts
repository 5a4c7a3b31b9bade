import { newRun } from '../../src/sdk/index.js';
import type { Account, Localised, Rendered, Reply } from '../../src/sdk/index.js';
import { MAX_ATTACHMENTS, MAX_TEXT_CHARACTERS } from './definition.js';
import { planSend } from './send-plan.js';
import type { SendPlan } from './send-plan.js';
import { fillJson, fillText, inHeader, inUrl } from './template.js';
import type { TemplateInput } from './template.js';

/** What is of this reply: where and how it leaves stands in the settings, as they are when it does. */
export type Payload = Omit<TemplateInput, 'settings'> & { readonly reply: ReplyFacts };

/** What a template may read of a reply as `reply`. */
interface ReplyFacts {
  readonly id: string;
  readonly text: string;
  readonly html: string | null;
  /** ISO 8601, of composing. */
  readonly at: string;
  readonly agent: string | null;
  readonly attachments: readonly FileFacts[];
}

interface FileFacts {
  /** Null where the hub has no public address. */
  readonly url: string | null;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** One HTTP call, but for what its attempt adds. */
export interface Call {
  readonly method: 'POST' | 'PUT' | 'PATCH';
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
  const payload = payloadOf(reply);
  if (callOf(payload, account, planned.plan) === null) {
    return refused('content', { en: `${TOO_MUCH_WORK}.`, zh: '发送模板对此回复的处理量过大。' });
  }
  const preview = withLinks(payload.reply, planned.plan);
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

function payloadOf(reply: Reply): Payload {
  const { id, text, html, agent, conversation } = reply;
  const at = new Date(reply.composedAt).toISOString();
  const attachments = reply.attachments.map(({ url, name, type, size }) => ({
    ...{ url, name, type, size },
  }));
  return { reply: { id, text, html, at, agent, attachments }, conversation };
}

/** Why {@link callOf} gave null. */
export const TOO_MUCH_WORK = 'The send template does too much work on this reply';

/** The call by the settings of now: a mended address holds for what already waits. Null: too much work. */
export function callOf(payload: Payload, account: Account, plan: SendPlan): Call | null {
  const reply = { ...payload.reply, text: withLinks(payload.reply, plan) };
  const input = { reply, conversation: payload.conversation, settings: account.settings };
  const run = newRun(input);
  const call = {
    method: plan.prepared.settings.sendMethod,
    url: fillText(plan.url, input, run, inUrl),
    headers: Object.fromEntries(
      plan.headers.map(([name, text]) => [name, inHeader(fillText(text, input, run, (v) => v))]),
    ),
    body: fillJson(plan.body, input, run),
  };
  return run.left < 0 ? null : call;
}

/** A template that says nothing about attachments gets them as lines of the text: none is lost. */
function withLinks(reply: ReplyFacts, plan: SendPlan): string {
  if (plan.namesAttachments || reply.attachments.length === 0) return reply.text;
  const links = reply.attachments.map(({ name, url }) => `${name}: ${url ?? ''}`);
  return [reply.text, ...links].join('\n').trim();
}

function refused(cause: 'content' | 'permission', why: Localised): Rendered {
  return { kind: 'refused', cause, why };
}
