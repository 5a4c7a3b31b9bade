import { z } from 'zod';
import { field } from '../../src/sdk/index.js';
import type { Account } from '../../src/sdk/index.js';

const origin = z
  .string()
  .max(300)
  .regex(
    /^(\*|https?:\/\/[^/\s]+)$/,
    'an origin as https://shop.example.com, without a path, or *',
  );

export const Settings = z.object({
  allowedOrigins: field(
    z.array(origin).max(100).default([]),
    { en: 'Pages that may show the chat', zh: '允许嵌入聊天的页面' },
    {
      en: 'Origins as https://shop.example.com; * = any. The hub’s own demo page is always allowed.',
      zh: '页面来源，例如 https://shop.example.com；* 表示任意。系统自带演示页始终允许。',
    },
  ),
  title: field(
    z.string().max(60).default(''),
    { en: 'Title', zh: '标题' },
    {
      en: 'Shown above the chat; empty: a plain greeting word.',
      zh: '显示在聊天窗口顶部；留空使用默认文字。',
    },
  ),
  greeting: field(
    z.string().max(500).default(''),
    { en: 'Greeting', zh: '欢迎语' },
    { en: 'The first line of an empty chat.', zh: '空聊天窗口中的第一句话。' },
  ),
  messagesPerMinute: field(
    z.number().int().min(1).max(600).default(20),
    { en: 'Messages a minute', zh: '每分钟消息数' },
    { en: 'Of one visitor; more is answered with 429.', zh: '单个访客上限；超出返回 429。' },
  ),
  requestsPerMinute: field(
    z.number().int().min(10).max(100_000).default(240),
    { en: 'Requests a minute', zh: '每分钟请求数' },
    {
      en: 'Of one network address; more is answered with 429.',
      zh: '单个网络地址上限；超出返回 429。',
    },
  ),
});
export type Settings = z.infer<typeof Settings>;

/** Nothing to keep secret: visitors are signed with the connection's own keys. */
export const Credentials = z.object({});

/** The settings, or the defaults where they are malformed: a chat stays reachable for its customers. */
export function settingsOf(account: Account): Settings {
  const read = Settings.safeParse(account.settings);
  return read.success ? read.data : Settings.parse({});
}
