import { causeOfSilence, MINUTE, readJson } from '../../src/sdk/index.js';
import type { Checked, Context, Finding, HttpResult, Localised } from '../../src/sdk/index.js';
import { callTwilio } from './client.js';
import { configOf, Credentials } from './settings.js';
import type { Config } from './settings.js';

const CLOCK_TOLERANCE = 5 * MINUTE;

/** Tries the credentials and looks the number up, and says what is wrong with either. */
export async function check(context: Context): Promise<Checked> {
  const read = configOf(context.account());
  if (!read.ok) return conclude([badSetting(read.setting)]);
  const answer = await askForMessages(context, read.config);
  const trouble = troubleOf(answer);
  if (trouble !== null) return conclude([trouble]);
  const accepted = good('Twilio accepts the credentials.', 'Twilio 接受该凭据。');
  const findings = [accepted, ...clockFindings(answer, context.clock.now())];
  const { from } = read.config.settings;
  if (from !== undefined) {
    const number = await callTwilio(context, read.config, (client) =>
      client.incomingPhoneNumbers.list({ phoneNumber: from, pageSize: 1, limit: 1 }),
    );
    findings.push(numberFinding(number, from, context.account().hookUrl));
  }
  return conclude([...findings, ...urlFindings(context.account().hookUrl)]);
}

/** The messages, not the account itself, which a standard API key may not read. */
function askForMessages(context: Context, config: Config): Promise<HttpResult> {
  return callTwilio(context, config, (client) => client.messages.list({ pageSize: 1, limit: 1 }));
}

function conclude(findings: readonly Finding[]): Checked {
  return { ok: findings.every((finding) => finding.ok), findings };
}

function good(en: string, zh: string): Finding {
  return { ok: true, cause: 'ok', text: { en, zh } };
}

function bad(cause: Finding['cause'], text: Localised, next: Localised): Finding {
  return { ok: false, cause, text, next };
}

function badSetting(name: string): Finding {
  const finding = bad(
    'setting',
    { en: `“${name}” is missing or malformed.`, zh: `“${name}”缺失或格式不正确。` },
    { en: 'Correct it in the connection’s form.', zh: '请在连接表单中更正。' },
  );
  const part = name in Credentials.shape ? 'credentials' : 'settings';
  return { ...finding, fields: [`${part}.${name}`] };
}

/** What the wire or Twilio said that is not an answer to the question; null: it is one. */
function troubleOf(result: HttpResult): Finding | null {
  if (result.kind === 'notSent') {
    return bad(
      causeOfSilence(result).cause,
      {
        en: `Twilio cannot be reached: ${result.why}`,
        zh: `无法连接 Twilio：${causeOfSilence(result).zh}。`,
      },
      { en: 'Check the API address and the network.', zh: '请检查 API 地址与网络。' },
    );
  }
  if (result.kind === 'unanswered') {
    return bad(
      'network',
      { en: `Twilio gave no answer: ${result.why}`, zh: 'Twilio 没有应答。' },
      { en: 'Try again in a minute.', zh: '请稍后重试。' },
    );
  }
  return result.status === 200 ? null : refusedFinding(result.status);
}

function refusedFinding(status: number): Finding {
  if (status === 401) {
    return bad(
      'credentials',
      {
        en: 'Twilio refused the account SID with this secret.',
        zh: 'Twilio 拒绝了此账户 SID 与密钥。',
      },
      { en: 'Copy both again from the Twilio Console.', zh: '请从 Twilio 控制台重新复制。' },
    );
  }
  if (status === 403) {
    return bad(
      'scope',
      { en: 'The API key may not do this.', zh: '该 API 密钥没有此权限。' },
      { en: 'Use a standard key of this account.', zh: '请使用该账户的标准密钥。' },
    );
  }
  return bad(
    status === 404 ? 'setting' : 'network',
    { en: `Twilio answered with HTTP ${status}.`, zh: `Twilio 返回 HTTP ${status}。` },
    { en: 'Check the account SID and the API address.', zh: '请检查账户 SID 与 API 地址。' },
  );
}

function clockFindings(answer: HttpResult, now: number): readonly Finding[] {
  const date = answer.kind === 'answer' ? Date.parse(answer.headers['date'] ?? '') : NaN;
  if (Number.isNaN(date) || Math.abs(date - now) <= CLOCK_TOLERANCE) return [];
  const minutes = Math.round(Math.abs(date - now) / MINUTE);
  return [
    bad(
      'clock',
      {
        en: `This machine’s clock is ${minutes} minutes off.`,
        zh: `本机时钟偏差 ${minutes} 分钟。`,
      },
      { en: 'Switch time synchronisation on.', zh: '请开启时间同步。' },
    ),
  ];
}

function numberFinding(answer: HttpResult, from: string, hookUrl: string): Finding {
  const list = jsonOf(answer)['incoming_phone_numbers'];
  if (!Array.isArray(list)) return unlisted(from);
  const number: unknown = list[0];
  if (typeof number !== 'object' || number === null) {
    return bad(
      'setting',
      { en: `${from} is not a number of this account.`, zh: `${from} 不属于该账户。` },
      { en: 'Choose one of the account’s numbers.', zh: '请选择该账户的号码。' },
    );
  }
  const { capabilities, sms_url: smsUrl } = number as Record<string, unknown>;
  if ((capabilities as { sms?: unknown } | undefined)?.sms === false) {
    return bad(
      'setting',
      { en: `${from} cannot send SMS.`, zh: `${from} 不支持短信。` },
      { en: 'Choose a number with SMS.', zh: '请选择支持短信的号码。' },
    );
  }
  const found = good(`${from} belongs to this account.`, `${from} 属于该账户。`);
  return smsUrl === hookUrl ? found : { ...found, next: pasteUrl(hookUrl) };
}

/** A restricted API key may send and yet not list numbers. */
function unlisted(from: string): Finding {
  const finding = good(
    `Whether ${from} belongs to this account was not shown.`,
    `未能确认 ${from} 是否属于该账户。`,
  );
  return {
    ...finding,
    next: { en: 'Compare it with the Twilio Console.', zh: '请在 Twilio 控制台核对。' },
  };
}

function pasteUrl(hookUrl: string): Localised {
  return {
    en: `Its webhook for incoming messages should be ${hookUrl}, here or at its messaging service.`,
    zh: `其入站消息 Webhook 应为 ${hookUrl}（在号码或其消息服务上设置）。`,
  };
}

function urlFindings(hookUrl: string): readonly Finding[] {
  if (hookUrl.startsWith('https://')) return [];
  const finding = good('The hub’s own URL is not https.', '系统自身的 URL 不是 https。');
  const next = {
    en: 'Twilio has to reach it from the internet: set HUBBUB_PUBLIC_URL to a public https address.',
    zh: 'Twilio 需从互联网访问：请将 HUBBUB_PUBLIC_URL 设为公开的 https 地址。',
  };
  return [{ ...finding, next }];
}

function jsonOf(result: HttpResult): Readonly<Record<string, unknown>> {
  const read = result.kind === 'answer' ? readJson(result.body) : null;
  return read?.ok === true && typeof read.value === 'object' && read.value !== null
    ? (read.value as Record<string, unknown>)
    : {};
}
