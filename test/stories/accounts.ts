import type { Story } from './story.js';

/** Accounts, names and devices. */
export const ACCOUNTS: readonly Story[] = [
  {
    tells: 'one customer follows two official accounts of one company',
    lines: ['li | shop | openid!o1 unionid!u/wechat', 'li | b:care | openid!o9 unionid!u/wechat'],
    one: ['shop b:care'],
  },
  {
    tells: 'the unionid comes only with the second message',
    lines: [
      'li | shop | openid!o1',
      'li | shop | openid!o1 unionid!u/wechat',
      'li | b:care | openid!o9 unionid!u/wechat',
    ],
    one: ['shop b:care'],
  },
  {
    tells: 'two platforms give out the same unionid: each means it within its provider',
    lines: ['li | shop | unionid!u/wechat', 'wang | b:care | unionid!u/douyin'],
    one: [],
  },
  {
    tells: 'two accounts give out the same openid',
    lines: ['li | shop | openid!o1', 'wang | b:care | openid!o1'],
    one: [],
  },
  {
    tells: 'two shops count their customers from 1',
    lines: ['li | shop | customerId!1/north', 'wang | b:shop | customerId!1/south'],
    one: [],
  },
  {
    tells: 'two servers have a user 42',
    lines: ['li | chat | uid!42', 'wang | b:chat | uid!42'],
    one: [],
  },
  {
    tells: 'somebody takes the name and the words of a customer',
    lines: ['li | chat | openid!o1', 'thief | b:chat | openid!o2'],
    one: [],
  },
  {
    tells: 'three fans have one nickname',
    lines: ['a | post-1 | uid!1/weibo', 'b | post-2 | uid!2/weibo', 'c | post-3 | uid!3/weibo'],
    one: [],
  },
  {
    tells: 'two customers log in on one device',
    lines: [
      'anna | device | uid?tablet customerId!anna/shop',
      'anna | device | uid?tablet customerId!berta/shop',
      'berta | app | customerId!berta/shop',
      'anna | b:app | customerId!anna/shop',
    ],
    one: ['device b:app'],
  },
  {
    tells: 'the second login on a device is of a known customer',
    lines: [
      'berta | app | customerId!berta/shop',
      'anna | device | customerId!anna/shop',
      'anna | device | customerId!berta/shop',
      'berta | app | customerId!berta/shop',
    ],
    one: [],
    asks: 1,
  },
  {
    tells: 'a public computer gives everybody the same visitor id',
    lines: ['li | web-1 | uid?kiosk', 'wang | web-2 | uid?kiosk'],
    one: [],
  },
  {
    tells: 'a visitor logs in during the chat',
    lines: [
      'li | app | customerId!li/shop',
      'li | web | uid?v1',
      'li | web | uid?v1 customerId!li/shop',
    ],
    one: ['app web'],
  },
  {
    tells: 'a message that proves the openid of one and the unionid of another proves neither',
    lines: [
      'anna | chat-1 | openid!o1/shop unionid!anna/wechat',
      'berta | chat-2 | openid!o2/shop unionid!berta/wechat',
      'nobody | chat-3 | unionid!berta/wechat openid!o1/shop',
    ],
    one: [],
    asks: 2,
  },
];
