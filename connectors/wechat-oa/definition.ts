import { HOUR, MINUTE } from '../../src/sdk/index.js';
import type { Definition, ReplyWindow, SetupStep } from '../../src/sdk/index.js';
import { credentialsAt, settingsAt } from '../wechat/account.js';
import { FORM_FIELDS, policiesOf } from '../wechat/policies.js';
import { LIMITS } from '../wechat/render.js';

const PLACES = {
  developer: {
    en: 'mp.weixin.qq.com under Settings and Development, Basic configuration',
    zh: '微信公众平台“设置与开发 / 基本配置”',
  },
  push: {
    en: 'the server configuration of the same page',
    zh: '同一页面的“服务器配置”',
  },
};

const Settings = settingsAt(PLACES);
const Credentials = credentialsAt(PLACES);

/**
 * What may be sent after what, since 12 June 2023. A menu click opens its own minute only. What a payment
 * opens is left out: no delivery to this hook tells of one.
 * Source: developers.weixin.qq.com, "客服消息".
 */
const REPLY_WINDOWS: readonly ReplyWindow[] = [
  { opensOn: 'customerMessage', lasts: 48 * HOUR, messages: 5, afterwards: 'template' },
  { opensOn: 'menuClick', lasts: MINUTE, messages: 3, afterwards: 'template' },
  { opensOn: 'follow', lasts: MINUTE, messages: 3, afterwards: 'template' },
  { opensOn: 'scan', lasts: MINUTE, messages: 3, afterwards: 'template' },
];

const setup: readonly SetupStep[] = [
  {
    kind: 'read',
    text: {
      en: 'Use a verified service account: subscription accounts and unverified ones receive messages and cannot answer them here.',
      zh: '请使用已认证的服务号：订阅号及未认证账号只能接收消息，无法在此回复。',
    },
  },
  {
    kind: 'read',
    text: {
      en: 'At mp.weixin.qq.com open Settings and Development, Basic configuration. Make the AppSecret, and add the address under which the hub reaches the internet to the IP allow-list.',
      zh: '登录微信公众平台，打开“设置与开发 / 基本配置”，生成 AppSecret，并将本系统的出口 IP 加入 IP 白名单。',
    },
  },
  {
    kind: 'form',
    text: {
      en: 'Enter AppID and AppSecret, make up a token, and take an EncodingAESKey from the server configuration.',
      zh: '填写 AppID 与 AppSecret，自定一个 Token，并填入服务器配置中的 EncodingAESKey。',
    },
    fields: FORM_FIELDS,
  },
  {
    kind: 'pasteUrl',
    text: {
      en: 'In the server configuration paste this URL, the same token and key, choose safe mode, submit and enable it. WeChat tries the URL at once; messages then no longer show in its own tools.',
      zh: '在“服务器配置”中粘贴此 URL，填写相同的 Token 与密钥，选择安全模式，提交并启用。微信会立即校验该 URL；启用后消息不再进入其自带客服工具。',
    },
    url: 'hook',
  },
];

/** Official Accounts: signed and sealed pushes in, customer-service messages out. */
export const definition: Definition = {
  name: 'wechat-oa',
  title: { en: 'WeChat Official Account', zh: '微信公众号' },
  version: '1.0.0',
  summary: {
    en: 'Receives what followers write, and answers with customer-service messages.',
    zh: '接收粉丝消息，并以客服消息回复。',
  },
  docs: 'connectors/wechat-oa/README.md',
  channel: 'wechat-oa',
  transports: ['webhook'],
  settings: Settings,
  credentials: Credentials,
  setup,
  capabilities: {
    inbound: {
      text: 'native',
      html: 'dropped',
      subject: 'dropped',
      image: 'native',
      audio: 'native',
      video: 'native',
      file: 'dropped',
    },
    outbound: {
      text: 'native',
      html: 'converted',
      subject: 'dropped',
      image: 'native',
      audio: 'native',
      video: 'native',
      file: 'rejected',
    },
  },
  limits: LIMITS,
  policies: policiesOf(REPLY_WINDOWS),
  headers: [],
  decoding: 'inline',
};
