import { sent } from '../../src/sdk/index.js';
import type { Checked, Context, Finding, Live } from '../../src/sdk/index.js';
import { openPages } from './pages.js';
import { createHandler } from './serve.js';
import { Settings } from './settings.js';
import { openStreams } from './stream.js';
import type { Streams } from './stream.js';

/** The live half: the doors, and the streams that are open through them. */
export function open(context: Context): Live {
  const opened: Streams[] = [];
  const close = (): void => {
    for (const streams of opened.splice(0)) streams.close();
  };
  context.signal.addEventListener('abort', close, { once: true });
  return {
    serve(emit, doors) {
      const streams = openStreams(doors, context.log);
      opened.push(streams);
      return createHandler({ context, emit, doors, streams, pages: openPages() });
    },
    // The row is the transport: it is on the visitor's stream as soon as it is stored.
    send: async (_part, key) => sent(key, 'awaitReceipt'),
    check: async () => check(context),
    close: async () => close(),
  };
}

function check(context: Context): Checked {
  const account = context.account();
  const read = Settings.safeParse(account.settings);
  if (!read.success) {
    const name = read.error.issues[0]?.path.join('.') ?? 'settings';
    return { ok: false, findings: [badSetting(name)] };
  }
  const findings: Finding[] = [
    {
      ok: true,
      cause: 'ok',
      text: { en: 'The chat is open.', zh: '聊天已开放。' },
      ...hintOf(read.data),
    },
  ];
  if (account.hookUrl.startsWith('https://')) return { ok: true, findings };
  return { ok: true, findings: [...findings, plainHttp] };
}

function badSetting(name: string): Finding {
  return {
    ok: false,
    cause: 'setting',
    text: { en: `“${name}” is malformed.`, zh: `“${name}”格式不正确。` },
    next: { en: 'Correct it in the connection’s form.', zh: '请在连接表单中更正。' },
  };
}

function hintOf({ allowedOrigins }: Settings): Pick<Finding, 'next'> {
  if (allowedOrigins.length > 0) return {};
  return {
    next: {
      en: 'Only the demo page can use it yet: add your pages’ origins.',
      zh: '目前仅演示页可用：请添加页面来源。',
    },
  };
}

const plainHttp: Finding = {
  ok: true,
  cause: 'ok',
  text: { en: 'The hub’s own URL is not https.', zh: '系统自身的 URL 不是 https。' },
  next: {
    en: 'Pages served by https cannot load the widget: set HUBBUB_PUBLIC_URL to an https address.',
    zh: 'https 页面无法加载该组件：请将 HUBBUB_PUBLIC_URL 设为 https 地址。',
  },
};
