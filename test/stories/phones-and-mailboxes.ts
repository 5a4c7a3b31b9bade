import type { Story } from './story.js';

/** Addresses that a family, a company or anybody may use. */
export const PHONES_AND_MAILBOXES: readonly Story[] = [
  {
    tells: 'mother and son have accounts of their own and one phone',
    lines: [
      'mother | app-1 | customerId!mother/shop phone!13800138000',
      'son | app-2 | customerId!son/shop phone!13800138000',
      'son | sms | phone!13800138000',
      'mother | app-3 | customerId!mother/shop phone!13800138000',
      'mother | b:sms | phone!13800138000',
    ],
    one: ['app-1 app-3'],
    asks: 1,
  },
  {
    tells: 'the family phone was known before either account',
    lines: [
      'mother | sms | phone!13800138000',
      'mother | app-1 | customerId!mother/shop phone!13800138000',
      'son | app-2 | phone!13800138000 customerId!son/shop',
      'son | app-2 | customerId!son/shop',
    ],
    one: ['sms app-1'],
    asks: 1,
  },
  {
    tells: 'the son is logged in and answers a code that was sent to his mother’s phone',
    lines: [
      'mother | app-1 | customerId!mother/shop phone!13800138000',
      'son | app-2 | customerId!son/shop',
      'son | app-2 | phone!13800138000',
      'son | sms | phone!13800138000',
    ],
    one: [],
    asks: 1,
  },
  {
    tells: 'a customer changes their number',
    lines: [
      'li | app | customerId!li/shop phone!13800138000',
      'li | app-2 | customerId!li/shop phone!13900139000',
      'li | sms | phone!13900139000',
    ],
    one: ['app app-2 sms'],
  },
  {
    tells: 'a number is given to somebody else a year later',
    lines: [
      'before | app-1 | customerId!before/shop phone!13800138000',
      'after | app-2 | customerId!after/shop phone!13800138000',
      'after | sms | phone!13800138000',
      'after | app-3 | customerId!after/shop',
    ],
    one: ['app-2 app-3'],
    asks: 1,
  },
  {
    tells: 'two clerks answer from the company mailbox and have accounts of their own',
    lines: [
      'anna | app-1 | customerId!anna/shop email!office@firm.example',
      'berta | app-2 | customerId!berta/shop email!office@firm.example',
      'berta | mail | email!office@firm.example',
      'anna | app-3 | customerId!anna/shop email!office@firm.example',
    ],
    one: ['app-1 app-3'],
    asks: 1,
  },
  {
    tells: 'a company writes twice from an aligned address and is the same claimed company',
    lines: [
      'firm | mail-1 | email~office@firm.example',
      'firm | mail-2 | email~Office@Firm.example',
    ],
    one: ['mail-1 mail-2'],
  },
  {
    tells: 'a household reads one mailbox; each has an account that names it',
    lines: [
      'anna | app-1 | customerId!anna/shop email~home@example.com',
      'ben | app-2 | customerId!ben/shop email~home@example.com',
      'ben | mail-1 | email~home@example.com',
      'anna | mail-2 | email~home@example.com',
    ],
    one: [],
    asks: 1,
  },
  {
    tells: 'a mail from an aligned address is not whoever registered it',
    lines: [
      'anna | app | customerId!anna/shop email~home@example.com',
      'ben | mail | email~home@example.com',
    ],
    one: [],
  },
  {
    tells: 'a messenger shows no phone number, only its own id',
    lines: ['li | wa-1 | uid!W77/whatsapp', 'li | b:wa-2 | uid!W77/whatsapp'],
    one: ['wa-1 b:wa-2'],
  },
  {
    tells: 'the messenger’s customer shows the number later',
    lines: [
      'li | wa | uid!W77/whatsapp',
      'li | sms | phone!+44 7400 123456',
      'li | wa | uid!W77/whatsapp phone!+447400123456',
    ],
    one: ['wa sms'],
  },
  {
    tells: 'a customer quotes somebody else’s order',
    lines: ['li | chat | openid!o1', 'wang | mail | email~wang@example.com'],
    one: [],
  },
  {
    tells: 'a phone number that is typed is the proven one of another',
    lines: ['li | sms | phone!13800138000', 'wang | form | phone?13800138000 openid!o2'],
    one: [],
  },
  {
    tells: 'a form names the mailbox of another',
    lines: ['li | mail | email!li@example.com', 'wang | form | email?li@example.com'],
    one: [],
  },
  {
    tells: 'a mail is forwarded to us by a friend',
    lines: [
      'li | mail-1 | email!li@example.com',
      'friend | mail-2 as friend | email~friend@example.com',
    ],
    one: [],
  },
  {
    tells: 'a friend answers in the thread that was forwarded to them',
    lines: [
      'li | mail-1 as li@example.com | email!li@example.com',
      'li | mail-1 as friend@example.com | email~friend@example.com',
      'friend | mail-2 as friend@example.com | email~friend@example.com',
    ],
    one: [],
  },
  {
    tells: 'a caller shows the number that another has proven',
    lines: ['li | sms | phone!13800138000', 'anybody | call | phone~13800138000'],
    one: [],
  },
  {
    tells: 'an aligned mail claims the address that another has proven',
    lines: ['li | mail-1 | email!li@example.com', 'anybody | mail-2 | email~li@example.com'],
    one: [],
  },
  {
    tells: 'a couple shares a tablet: one is known by a phone, the other by an account',
    lines: [
      'wife | chat | unionid!wife/wechat',
      'husband | tablet | phone!13800138000',
      'husband | tablet | unionid!wife/wechat',
    ],
    one: [],
    asks: 1,
  },
  {
    tells: 'a visitor logs in, and others who typed the same address stay who they are',
    lines: [
      'li | web-1 | email?li@example.com',
      'wang | web-2 | email?li@example.com',
      'li | web-1 | email?li@example.com customerId!li/shop',
      'li | app | customerId!li/shop',
    ],
    one: ['web-1 app'],
  },
  {
    tells: 'one writer of a claimed mailbox proves who they are and leaves the others alone',
    lines: [
      'anna | mail-1 | email~office@firm.example',
      'anna | mail-1 | email~office@firm.example customerId!anna/shop',
      'berta | mail-2 | email~office@firm.example',
    ],
    one: [],
  },
  {
    tells: 'a reseller orders for many and types their phones',
    lines: [
      'reseller | order-1 | customerId!R/shop phone?13800138000',
      'reseller | order-2 | customerId!R/shop phone?13900139000',
      'li | sms-1 | phone!13800138000',
      'wang | sms-2 | phone!13900139000',
    ],
    one: ['order-1 order-2'],
  },
  {
    tells: 'a reseller’s number was typed by the shop into each customer’s account',
    lines: [
      'li | app-1 | customerId!li/shop phone~13700137000',
      'wang | app-2 | customerId!wang/shop phone~13700137000',
      'reseller | call-1 | phone~13700137000',
    ],
    one: [],
    asks: 1,
  },
  {
    tells: 'a colleague in copy writes on a customer’s thread',
    lines: [
      'li | mail-1 as li | email!li@example.com',
      'li | mail-1 as boss | email!boss@example.com',
      'boss | mail-2 as boss | email!boss@example.com',
    ],
    one: [],
  },
  {
    tells: 'a number is written in its national and in its international form',
    lines: [
      'li | sms | phone!138 0013 8000',
      'li | b:sms | phone!+86 138-0013-8000',
      'li | form | phone!００８６１３８００１３８０００',
    ],
    one: ['sms b:sms form'],
  },
  {
    tells: 'a mailbox is written in capitals',
    lines: ['li | mail | email!Li@Example.com', 'li | app | email!li@example.com'],
    one: ['mail app'],
  },
  {
    tells: 'one customer of two brands: they share nobody',
    lines: ['li | mail | email!li@example.com', 'li | other:mail | email!li@example.com'],
    one: [],
  },
  {
    tells: 'one customer with two accounts of a shop is asked about, not joined',
    lines: [
      'li | app-1 | customerId!li/shop phone!13800138000',
      'li | app-2 | customerId!li-2/shop phone!13800138000',
    ],
    one: [],
    asks: 1,
  },
  {
    tells: 'proofs that come together one by one make one person of four',
    lines: [
      'li | sms | phone!13800138000',
      'li | mail | email!li@example.com',
      'li | app | customerId!li/shop',
      'li | chat | openid!o1',
      'li | form-1 | email!li@example.com phone!13800138000',
      'li | form-2 | openid!o1 customerId!li/shop',
      'li | form-3 | openid!o1 email!li@example.com',
    ],
    one: ['sms mail app chat form-1 form-2 form-3'],
  },
  {
    tells: 'a mailbox of one customer in the hands of another is no bridge between them',
    lines: [
      'anna | app-1 | customerId!anna/shop phone!13800138000',
      'anna | form | phone!13800138000 email!anna@example.com',
      'berta | app-2 | customerId!berta/shop email!anna@example.com',
      'berta | mail | email!anna@example.com',
    ],
    one: ['app-1 form'],
    asks: 1,
  },
  {
    tells: 'two phones of one customer that nothing ties stay two: the safe side',
    lines: ['li | sms-1 | phone!13800138000', 'li | sms-2 | phone!13900139000'],
    one: [],
  },
];
