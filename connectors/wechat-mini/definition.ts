import { HOUR, MINUTE } from '../../src/sdk/index.js';
import type { Definition, ReplyWindow, SetupStep } from '../../src/sdk/index.js';
import { credentialsAt, settingsAt } from '../wechat/account.js';
import { FORM_FIELDS, policiesOf } from '../wechat/policies.js';
import { LIMITS } from '../wechat/render.js';

const PLACES = {
  developer: {
    en: 'mp.weixin.qq.com under Development Management, Development Settings',
    zh: '微信公众平台小程序后台“开发管理 / 开发设置”',
  },
  push: {
    en: 'the message push of the same page',
    zh: '同一页面的“消息推送”',
  },
};

const Settings = settingsAt(PLACES);
const Credentials = credentialsAt(PLACES);

/**
 * What may be sent after what. The allowances do not add up: the larger one holds.
 * Source: developers.weixin.qq.com, "小程序客服消息 / 发送客服消息".
 */
const REPLY_WINDOWS: readonly ReplyWindow[] = [
  { opensOn: 'customerMessage', lasts: 48 * HOUR, messages: 5, afterwards: 'template' },
  { opensOn: 'enterSession', lasts: MINUTE, messages: 2, afterwards: 'template' },
];

const setup: readonly SetupStep[] = [
  {
    kind: 'read',
    text: {
      en: 'Put a customer-service button into the mini program (a button with open-type="contact"): only through it can customers write.',
      zh: '在小程序中放置客服按钮（button 组件 open-type="contact"）：客户只能通过它发送消息。',
    },
  },
  {
    kind: 'read',
    text: {
      en: 'At mp.weixin.qq.com open Development Management, Development Settings. Make the AppSecret, and add the address under which the hub reaches the internet to the IP allow-list where the account has one.',
      zh: '登录小程序后台，打开“开发管理 / 开发设置”，生成 AppSecret；如账号启用了 IP 白名单，请加入本系统的出口 IP。',
    },
  },
  {
    kind: 'form',
    text: {
      en: 'Enter AppID and AppSecret, make up a token, and take an EncodingAESKey from the message push.',
      zh: '填写 AppID 与 AppSecret，自定一个 Token，并填入消息推送配置中的 EncodingAESKey。',
    },
    fields: FORM_FIELDS,
  },
  {
    kind: 'pasteUrl',
    text: {
      en: 'In the message push paste this URL, the same token and key, choose safe mode and JSON or XML, submit. WeChat tries the URL at once; messages then no longer show in its own customer-service tools.',
      zh: '在“消息推送”中粘贴此 URL，填写相同的 Token 与密钥，选择安全模式及 JSON 或 XML 格式并提交。微信会立即校验该 URL；启用后消息不再进入其自带客服工具。',
    },
    url: 'hook',
  },
];

/** Mini programs: signed and sealed pushes in, customer-service messages out. */
export const definition: Definition = {
  name: 'wechat-mini',
  title: { en: 'WeChat Mini Program', zh: '微信小程序客服' },
  version: '1.0.0',
  summary: {
    en: 'Receives what customers write from a mini program, and answers with customer-service messages.',
    zh: '接收客户在小程序客服会话中的消息，并以客服消息回复。',
  },
  docs: 'connectors/wechat-mini/README.md',
  channel: 'wechat-mini',
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
      audio: 'rejected',
      video: 'rejected',
      file: 'rejected',
    },
  },
  limits: LIMITS,
  policies: policiesOf(REPLY_WINDOWS),
  headers: [],
  decoding: 'inline',
};
