import { causeOfSilence } from '../../src/sdk/index.js';
import type {
  Account,
  Checked,
  Context,
  Failure,
  Finding,
  HttpResult,
  Localised,
} from '../../src/sdk/index.js';
import { aesKeysOf, tokensOf } from './account.js';
import { callApi } from './call.js';
import { codeOf, failureIn } from './failures.js';

/**
 * Asks for a token and, with it, for the addresses WeChat delivers from: a call every account may make.
 * Whether the account may send cannot be tried without a customer to send to.
 */
export async function check(context: Context): Promise<Checked> {
  const account = context.account();
  const missing = incomplete(account);
  const called = await callApi(context, { method: 'GET', path: 'getcallbackip' });
  const trouble =
    called.kind === 'refused'
      ? troubleOf(called.failure)
      : silenceOf(called.result, context.clock.now());
  const findings = [
    trouble ?? ACCEPTED,
    ...(missing === null ? [] : [missing]),
    ...(trouble === null ? adviceOn(account) : []),
  ];
  return { ok: findings.every(({ ok }) => ok), findings };
}

/** Deliveries that no key can open. */
export function incomplete(account: Account): Finding | null {
  if (tokensOf(account).length === 0) {
    return bad('signature', NO_TOKEN, ENTER_TOKEN, ['credentials.token']);
  }
  if (account.settings['encryption'] === 'plain' || aesKeysOf(account).length > 0) return null;
  return bad('signature', NO_KEY, ENTER_KEY, ['credentials.encodingAesKey', 'settings.encryption']);
}

const NO_TOKEN = {
  en: 'Without a token every delivery is refused.',
  zh: '缺少 Token，所有推送都会被拒绝。',
};
const ENTER_TOKEN = {
  en: 'Enter the token of the account’s message push.',
  zh: '请填写账号消息推送配置中的 Token。',
};
const NO_KEY = {
  en: 'Deliveries come sealed, and no EncodingAESKey is set to open them.',
  zh: '推送为加密模式，但未设置 EncodingAESKey。',
};
const ENTER_KEY = {
  en: 'Enter the EncodingAESKey, or choose plain here and at WeChat.',
  zh: '请填写 EncodingAESKey，或在此处与微信后台同时改为明文模式。',
};

const ACCEPTED: Finding = {
  ok: true,
  cause: 'ok',
  text: {
    en: 'WeChat accepts AppID and AppSecret.',
    zh: '微信接受该 AppID 与 AppSecret。',
  },
  next: {
    en: 'Whether the account may answer customers shows with the first answer: subscription accounts and unverified ones may not.',
    zh: '是否有客服消息权限要到首次回复时才能确认：订阅号及未认证账号无此权限。',
  },
  sending: 'untried',
};

function bad(
  cause: Finding['cause'],
  text: Localised,
  next: Localised,
  fields?: readonly string[],
): Finding {
  return { ok: false, cause, text, next, ...(fields === undefined ? {} : { fields }) };
}

function silenceOf(result: HttpResult, now: number): Finding | null {
  if (result.kind === 'answer') {
    if (result.status === 200 && (codeOf(result) ?? 0) === 0) return null;
    return troubleOf(failureIn(result, now) ?? { kind: 'transient', why: 'WeChat is unavailable' });
  }
  return bad(
    causeOfSilence(result).cause,
    {
      en: `WeChat cannot be reached: ${result.why}`,
      zh: `无法连接微信：${causeOfSilence(result).zh}。`,
    },
    { en: 'Check the API address and the network.', zh: '请检查 API 地址与网络。' },
  );
}

const SEEN = /address ([0-9a-f:.]+) is not/i;
const CODE = /\(WeChat (-?\d+)\)$/;

/** What WeChat refused, in the words of whoever has to mend it. */
function troubleOf(failure: Failure): Finding {
  const code = CODE.exec(failure.why)?.[1];
  const zhCode = code === undefined ? '' : `（错误码 ${code}）`;
  if (failure.kind === 'unauthorised') {
    return bad(
      'credentials',
      { en: sentence(failure.why), zh: `微信拒绝了该 AppSecret${zhCode}。` },
      {
        en: 'Copy the AppSecret again, or make a new one.',
        zh: '请重新复制或重置 AppSecret。',
      },
      ['credentials.appSecret'],
    );
  }
  if (failure.kind === 'misconfigured') return misconfigured(failure, zhCode);
  return bad(
    'network',
    { en: `WeChat cannot be asked now: ${failure.why}.`, zh: `暂时无法访问微信${zhCode}。` },
    { en: 'Try again in a minute.', zh: '请稍后重试。' },
  );
}

const sentence = (why: string): string => `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;

function misconfigured(
  { setting, why }: Extract<Failure, { kind: 'misconfigured' }>,
  zhCode: string,
): Finding {
  if (setting === 'ipAllowList') {
    const seen = SEEN.exec(why)?.[1];
    const address = seen === undefined ? '' : `${seen} `;
    return bad(
      'allowList',
      { en: sentence(why), zh: `本系统的出口 IP ${address}不在账号的 IP 白名单中${zhCode}。` },
      {
        en: 'Add the address under which the hub reaches the internet to the IP allow-list beside the AppSecret.',
        zh: '请在 AppSecret 旁的“IP 白名单”中加入本系统的出口 IP。',
      },
    );
  }
  const part = setting === 'appSecret' ? 'credentials' : 'settings';
  const cause = setting === 'appSecret' ? 'credentials' : 'setting';
  return bad(
    cause,
    { en: `“${setting}”: ${why}.`, zh: `“${setting}”有误${zhCode}。` },
    { en: 'Correct it in the connection’s form.', zh: '请在连接表单中更正。' },
    [`${part}.${setting}`],
  );
}

/** Nothing is wrong, and yet it could be better. */
function adviceOn({ settings, hookUrl }: Account): readonly Finding[] {
  const advice: Finding[] = [];
  if (settings['encryption'] === 'plain') {
    advice.push({
      ok: true,
      cause: 'ok',
      text: {
        en: 'Deliveries come plain: their signature does not cover what they say.',
        zh: '推送为明文模式：签名不覆盖消息内容。',
      },
      next: {
        en: 'Choose safe mode at WeChat and here.',
        zh: '建议在微信后台与此处改用安全模式。',
      },
    });
  }
  if (!hookUrl.startsWith('https://')) {
    advice.push({
      ok: true,
      cause: 'ok',
      text: { en: 'The hub’s own URL is not https.', zh: '系统自身的 URL 不是 https。' },
      next: {
        en: 'WeChat has to reach it from the internet on port 80 or 443: set HUBBUB_PUBLIC_URL.',
        zh: '微信需从互联网经 80 或 443 端口访问：请设置 HUBBUB_PUBLIC_URL。',
      },
    });
  }
  return advice;
}
