import { z } from 'zod';
import { calledUrl, field, secret } from '../../src/sdk/index.js';
import type { Account } from '../../src/sdk/index.js';

/** Bytes of one mail that are taken in at most; larger ones are refused at the door or unreadable. */
export const MAX_MAIL_BYTES = 50 * 1024 * 1024;

const host = field(
  z.string().min(1).max(253),
  { en: 'Server', zh: '服务器' },
  {
    en: 'Host name, for example imap.example.com; the provider’s help page names it.',
    zh: '主机名，例如 imap.example.com；见服务商的帮助页。',
  },
);

const tls = field(
  z.enum(['implicit', 'starttls', 'none']).default('implicit'),
  { en: 'Encryption', zh: '加密方式' },
  {
    en: 'implicit = TLS from the first byte (993, 465); starttls = required upgrade (143, 587); none = local test servers only.',
    zh: 'implicit 表示一开始就用 TLS（993、465）；starttls 表示必须升级为 TLS（143、587）；none 仅用于本地测试服务器。',
  },
);

const user = field(
  z.string().max(320).default(''),
  { en: 'User name', zh: '用户名' },
  { en: 'Empty: the mail address.', zh: '留空则使用邮箱地址。' },
);

const auth = field(
  z.enum(['password', 'oauth2', 'none']).default('password'),
  { en: 'Sign-in', zh: '登录方式' },
  {
    en: 'password (an app password or authorisation code), oauth2 (XOAUTH2: Gmail, Microsoft) or none (a relay that knows our address).',
    zh: 'password（应用专用密码或授权码）、oauth2（XOAUTH2，Gmail、Microsoft）或 none（按来源地址放行的中继）。',
  },
);

const imap = z.object({
  host,
  port: field(
    z.number().int().min(1).max(65_535).default(993),
    { en: 'Port', zh: '端口' },
    { en: '993 with TLS, 143 with STARTTLS.', zh: 'TLS 用 993，STARTTLS 用 143。' },
  ),
  tls,
  user,
  auth,
  folders: field(
    z.array(z.string().min(1).max(500)).min(1).max(50).default(['INBOX']),
    { en: 'Folders', zh: '文件夹' },
    { en: 'Folders that are read for new mail.', zh: '要读取新邮件的文件夹。' },
  ),
  sentFolder: field(
    z.string().max(500).default(''),
    { en: 'Sent folder', zh: '已发送文件夹' },
    {
      en: 'Read as our own answers. Empty: the one the server marks as \\Sent; "-" = do not read it.',
      zh: '其中的邮件视为我方回复。留空则使用服务器标记为 \\Sent 的文件夹；填 "-" 表示不读取。',
    },
  ),
  mode: field(
    z.enum(['idle', 'poll']).default('idle'),
    { en: 'New mail', zh: '新邮件通知' },
    {
      en: 'idle = the server tells us at once, polling stays as the safety net; poll = ask only.',
      zh: 'idle 表示服务器即时通知，轮询作为保险；poll 表示只轮询。',
    },
  ),
  pollSeconds: field(
    z.number().int().min(5).max(3_600).default(60),
    { en: 'Poll every (seconds)', zh: '轮询间隔（秒）' },
    { en: 'How often the folders are asked for new mail.', zh: '多久检查一次新邮件。' },
  ),
  historyDays: field(
    z.number().int().min(0).max(3_650).default(0),
    { en: 'Days of old mail', zh: '读取历史天数' },
    {
      en: 'How far back the first start reads; 0 = only mail that arrives from then on.',
      zh: '首次启动时向前读取的天数；0 表示只读取此后到达的邮件。',
    },
  ),
});

const smtp = z.object({
  host,
  port: field(
    z.number().int().min(1).max(65_535).default(465),
    { en: 'Port', zh: '端口' },
    { en: '465 with TLS, 587 with STARTTLS.', zh: 'TLS 用 465，STARTTLS 用 587。' },
  ),
  tls,
  user,
  auth,
});

const listener = z.object({
  enabled: field(
    z.boolean().default(true),
    { en: 'Listen', zh: '启用' },
    { en: 'Receive mail directly by SMTP.', zh: '直接通过 SMTP 接收邮件。' },
  ),
  port: field(
    z.number().int().min(0).max(65_535).default(2525),
    { en: 'Port', zh: '端口' },
    { en: 'Port of the listener; 0 takes a free one.', zh: '监听端口；0 表示任选空闲端口。' },
  ),
  host: field(
    z.string().min(1).max(253).default('127.0.0.1'),
    { en: 'Address to bind', zh: '绑定地址' },
    {
      en: '127.0.0.1 = this machine only; 0.0.0.0 = every network.',
      zh: '127.0.0.1 仅限本机；0.0.0.0 为所有网络。',
    },
  ),
  recipients: field(
    z.array(z.string().min(1).max(320)).max(1_000).default([]),
    { en: 'Accepted recipients', zh: '接受的收件地址' },
    {
      en: 'Addresses, or @domain for a whole domain; plus addresses of them are accepted too. Empty: our own addresses.',
      zh: '地址，或用 @域名 表示整个域；其加号地址同样接受。留空则为我方地址。',
    },
  ),
  maxBytes: field(
    z.number().int().min(1_024).max(MAX_MAIL_BYTES).default(MAX_MAIL_BYTES),
    { en: 'Largest mail (bytes)', zh: '邮件大小上限（字节）' },
    {
      en: 'Larger mail is refused with 552 while it arrives.',
      zh: '更大的邮件在接收时以 552 拒绝。',
    },
  ),
  certificate: field(
    z.string().max(100_000).default(''),
    { en: 'Certificate (PEM)', zh: '证书（PEM）' },
    {
      en: 'With its key it offers STARTTLS; empty: mail arrives unencrypted.',
      zh: '与私钥一起提供 STARTTLS；留空则以明文收信。',
    },
  ),
});

const oauth = z.object({
  tokenUrl: calledUrl(
    z.url().max(2_000),
    { en: 'Token URL', zh: '令牌地址' },
    { en: 'Where the refresh token is exchanged.', zh: '用刷新令牌换取访问令牌的地址。' },
  ),
  scope: field(
    z.string().max(2_000).default(''),
    { en: 'Scope', zh: '权限范围' },
    { en: 'Sent with the exchange when it is not empty.', zh: '不为空时随请求发送。' },
  ),
});

/** What an admin says about one mailbox. At least one of `imap` and `listener` brings mail in. */
export const Settings = z.object({
  address: field(
    z.email().max(254),
    { en: 'Mail address', zh: '邮箱地址' },
    {
      en: 'Customers write to it and answers come from it.',
      zh: '客户写信到此地址，回复也由此发出。',
    },
  ),
  displayName: field(
    z.string().max(200).default(''),
    { en: 'Sender name', zh: '发件人名称' },
    { en: 'The name customers see beside the address.', zh: '客户在地址旁看到的名称。' },
  ),
  imap: field(
    imap.optional(),
    { en: 'Mailbox (IMAP)', zh: '收件（IMAP）' },
    {
      en: 'Leave out to receive by the listener only.',
      zh: '只用内置监听收信时可不填。',
    },
  ),
  smtp: field(
    smtp.optional(),
    { en: 'Sending (SMTP)', zh: '发件（SMTP）' },
    {
      en: 'Leave out to receive only.',
      zh: '只收不发时可不填。',
    },
  ),
  listener: field(
    listener.optional(),
    { en: 'Built-in listener', zh: '内置收信监听' },
    {
      en: 'Receives mail without any account.',
      zh: '不需要任何邮箱账号即可收信。',
    },
  ),
  oauth: field(
    oauth.optional(),
    { en: 'OAuth 2', zh: 'OAuth 2' },
    {
      en: 'For sign-in by XOAUTH2.',
      zh: '用于 XOAUTH2 登录。',
    },
  ),
  trustedAuthservIds: field(
    z.array(z.string().min(1).max(253)).max(20).default([]),
    { en: 'Trusted authentication servers', zh: '可信的验证服务器' },
    {
      en: 'Only Authentication-Results headers with these names are believed, for example mx.google.com. Empty: none.',
      zh: '只相信带有这些名称的 Authentication-Results 头，例如 mx.google.com。留空则都不相信。',
    },
  ),
  plusAddress: field(
    z.boolean().default(false),
    { en: 'Reply address with token', zh: '带令牌的回复地址' },
    {
      en: 'Answers ask for replies to name+token@domain. Switch on when the mailbox takes plus addresses.',
      zh: '回复邮件的回信地址为 name+令牌@域名。邮箱支持加号地址时开启。',
    },
  ),
  ownAddresses: field(
    z.array(z.string().min(3).max(254)).max(200).default([]),
    { en: 'Our other addresses', zh: '我方其他地址' },
    { en: 'Mail from them is our own side writing.', zh: '来自这些地址的邮件视为我方发出。' },
  ),
  signature: field(
    z.string().max(2_000).default(''),
    { en: 'Signature', zh: '签名' },
    { en: 'Added below every answer.', zh: '附在每封回复末尾。' },
  ),
});
export type Settings = z.infer<typeof Settings>;

/** What must stay secret about one mailbox. Which of them are needed follows from `auth`. */
export const Credentials = z.object({
  imapPassword: secret(
    { en: 'IMAP password', zh: 'IMAP 密码' },
    {
      en: 'An app password or authorisation code, made in the mailbox’s own settings; see the providers above. Needed while imap.auth is password.',
      zh: '应用专用密码或授权码，在邮箱自身的设置中生成。imap.auth 为 password 时必填。',
    },
  ).optional(),
  smtpPassword: secret(
    { en: 'SMTP password', zh: 'SMTP 密码' },
    { en: 'Left out: the IMAP password.', zh: '不填则使用 IMAP 密码。' },
  ).optional(),
  oauthClientId: secret(
    { en: 'OAuth client id', zh: 'OAuth 客户端 ID' },
    {
      en: 'Of the app registered with the provider: Google Cloud Console (Credentials), Microsoft Entra (App registrations).',
      zh: '在服务商处注册的应用的 ID：Google Cloud Console（凭据）、Microsoft Entra（应用注册）。',
    },
  ).optional(),
  oauthClientSecret: secret(
    { en: 'OAuth client secret', zh: 'OAuth 客户端密钥' },
    {
      en: 'Of the same app; the provider shows it when it is made.',
      zh: '同一应用的密钥；服务商在创建时显示。',
    },
  ).optional(),
  oauthRefreshToken: secret(
    { en: 'OAuth refresh token', zh: 'OAuth 刷新令牌' },
    {
      en: 'What the provider gives when the mailbox’s owner agrees to the app; exchanged for access tokens.',
      zh: '邮箱所有者授权该应用后由服务商给出；用于换取访问令牌。',
    },
  ).optional(),
  listenerKey: secret(
    { en: 'Key of the listener’s certificate (PEM)', zh: '监听证书的私钥（PEM）' },
    { en: 'Belongs to the certificate in the settings.', zh: '与设置中的证书配套。' },
  ).optional(),
});
export type Credentials = z.infer<typeof Credentials>;

/** The account's settings with defaults; null when they do not hold (nothing is guessed then). */
export function readSettings(account: Account): Settings | null {
  const read = Settings.safeParse(account.settings);
  return read.success ? read.data : null;
}
