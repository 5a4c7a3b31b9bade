import type { ImapFlow } from 'imapflow';
import type {
  Account,
  Checked,
  Context,
  Failure,
  Finding,
  Localised,
} from '../../src/sdk/index.js';
import { signInOf } from './dial.js';
import { isTlsTrouble, refusalFailure } from './failures.js';
import { openMailbox, sentFolder } from './imap.js';
import type { Listener } from './listener.js';
import { missingPassword } from './secrets.js';
import type { Misconfigured, NotReady } from './secrets.js';
import { Credentials, readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { logInToSmtp } from './smtp-login.js';
import type { SmtpTrouble } from './smtp.js';

type ImapSettings = NonNullable<Settings['imap']>;
type Cause = Finding['cause'];

/** Logs in everywhere mail comes from or goes to, and names what is wrong and the next step. */
export async function checkAccount(
  context: Context,
  listener: Listener | null,
  stop: AbortSignal,
): Promise<Checked> {
  const settings = readSettings(context.account());
  if (settings === null) return checked([UNREADABLE]);
  if (!hasServer(settings)) return checked([NOTHING]);
  const [imap, smtp, listening] = await Promise.all([
    settings.imap === undefined ? null : checkImap(context, settings.imap, stop),
    settings.smtp === undefined ? null : checkSmtp(context, stop),
    listener === null ? null : checkListener(context, settings, listener),
  ]);
  return checked([...(imap ?? []), ...(listening ?? []), ...(smtp ?? [CANNOT_ANSWER])]);
}

/** What {@link checkAccount} finds without a server to ask. */
export function incomplete(account: Account): Finding | null {
  const settings = readSettings(account);
  if (settings === null) return UNREADABLE;
  if (!hasServer(settings)) return NOTHING;
  for (const use of ['imap', 'smtp'] as const) {
    const server = settings[use];
    const signIn = server === undefined ? null : signInOf(account, server, use);
    if (signIn?.kind === 'missing') {
      return missingSecret(use === 'imap' ? 'IMAP' : 'SMTP', missingPassword(signIn.setting));
    }
  }
  return settings.listener?.enabled === true ? halfEncrypted(settings, account) : null;
}

const hasServer = ({ imap, smtp, listener }: Settings): boolean =>
  imap !== undefined || smtp !== undefined || listener?.enabled === true;

function checked(findings: readonly Finding[]): Checked {
  return { ok: findings.every(({ ok }) => ok), findings };
}

const UNREADABLE: Finding = {
  ok: false,
  cause: 'setting',
  text: { en: 'The settings do not hold.', zh: '设置不完整或有误。' },
  next: {
    en: 'Open the settings and correct the marked fields.',
    zh: '打开设置并修正标出的字段。',
  },
};

const NOTHING: Finding = {
  ok: false,
  cause: 'setting',
  text: {
    en: 'No server is set: nothing comes in or goes out.',
    zh: '未设置任何服务器：既不能收信也不能发信。',
  },
  next: {
    en: 'Set a mailbox (IMAP) or the listener, and SMTP to answer.',
    zh: '请设置收件邮箱（IMAP）或内置监听，并设置 SMTP 以便回复。',
  },
  fields: ['settings.imap.host', 'settings.smtp.host'],
};

const CANNOT_ANSWER: Finding = {
  ok: true,
  cause: 'ok',
  sending: 'impossible',
  text: {
    en: 'Mail comes in; answers cannot leave until smtp.host is set.',
    zh: '可以收信；设置 smtp.host 之前无法发送回复。',
  },
  next: {
    en: 'To answer, set the server that sends mail, and its password if it asks for one.',
    zh: '如需回复，请设置发件服务器；服务器要求时还需填写密码。',
  },
  fields: ['settings.smtp.host'],
};

async function checkImap(
  context: Context,
  imap: ImapSettings,
  stop: AbortSignal,
): Promise<Finding[]> {
  const opened = await openMailbox(context, stop);
  if (opened.kind === 'failed') return [finding('IMAP', opened.failure, opened.code)];
  const { client } = opened;
  try {
    return [well('IMAP'), ...(await checkFolders(client, imap))];
  } catch {
    return [finding('IMAP', { kind: 'transient', why: 'the connection broke' }, '')];
  } finally {
    client.close();
  }
}

async function checkFolders(client: ImapFlow, imap: ImapSettings): Promise<Finding[]> {
  const there = new Set((await client.list()).map(({ path }) => path));
  const sent = await sentFolder(client, imap.sentFolder);
  const wanted = sent === null ? imap.folders : [...imap.folders, sent];
  // INBOX is the one name that is the same in any case (RFC 3501 section 5.1).
  const missing = wanted.filter((path) => !there.has(path) && path.toUpperCase() !== 'INBOX');
  return missing.map((path) => ({
    ok: false,
    cause: 'setting',
    text: { en: `There is no folder "${path}".`, zh: `没有名为“${path}”的文件夹。` },
    next: {
      en: `Write its name as the mailbox has it. There are: ${listed(there)}.`,
      zh: `请按邮箱中的名称填写。现有文件夹：${listed(there)}。`,
    },
  }));
}

function listed(paths: ReadonlySet<string>): string {
  return [...paths].slice(0, 20).join(', ').slice(0, 500);
}

async function checkSmtp(context: Context, stop: AbortSignal): Promise<Finding[]> {
  const opened = await logInToSmtp(context, {}, stop);
  if ('deliver' in opened) {
    opened.close();
    return [well('SMTP')];
  }
  return [troubleFinding(opened, context.clock.now())];
}

function troubleFinding(trouble: SmtpTrouble | NotReady, now: number): Finding {
  if (trouble.kind === 'notReady') return finding('SMTP', trouble.failure, '');
  if (trouble.kind === 'refused') return finding('SMTP', refusalFailure(trouble.refusal, now), '');
  const { why, code } = trouble.broken;
  return finding('SMTP', { kind: 'transient', why }, code);
}

async function checkListener(
  context: Context,
  settings: Settings,
  listener: Listener,
): Promise<Finding[]> {
  const { listener: set } = settings;
  const place = `${set?.host ?? ''}:${set?.port ?? 0}`;
  const state = await listener.state();
  if (typeof state === 'object') return [taken(place, state.trouble)];
  const half = halfEncrypted(settings, context.account());
  if (half !== null) return [half];
  return [{ ok: true, cause: 'ok', text: state === 'closed' ? SET : takes(place) }];
}

function halfEncrypted({ listener: set }: Settings, { credentials }: Account): Finding | null {
  const key = credentials['listenerKey'];
  const half = (set?.certificate ?? '') === '' ? key !== undefined : key === undefined;
  return half ? HALF_ENCRYPTED : null;
}

const HALF_ENCRYPTED: Finding = {
  ok: false,
  cause: 'tls',
  text: {
    en: 'The listener has a certificate without its key, or a key without its certificate.',
    zh: '监听的证书与私钥只填了其中一项。',
  },
  next: { en: 'Enter both, or neither.', zh: '两项都填，或都不填。' },
  fields: ['settings.listener.certificate', 'credentials.listenerKey'],
};

const SET: Localised = {
  en: 'The listener is set, and listens once the hub runs.',
  zh: '内置监听已设置，服务启动后开始监听。',
};

const takes = (place: string): Localised => ({
  en: `The listener takes mail on ${place}.`,
  zh: `内置监听在 ${place} 收信。`,
});

function taken(place: string, code: string): Finding {
  return {
    ok: false,
    cause: 'setting',
    text: {
      en: `The listener cannot listen on ${place} (${code}).`,
      zh: `内置监听无法使用 ${place}（${code}）。`,
    },
    next: {
      en: 'Choose another port (listener.port), or end what uses this one; ports below 1024 need a privilege.',
      zh: '请换一个端口（listener.port），或停止占用它的程序；1024 以下的端口需要特权。',
    },
  };
}

function well(server: 'IMAP' | 'SMTP'): Finding {
  return {
    ok: true,
    cause: 'ok',
    text: { en: `${server}: reached and logged in.`, zh: `${server}：连接并登录成功。` },
  };
}

function finding(server: 'IMAP' | 'SMTP', failure: Failure, code: string): Finding {
  if (failure.kind === 'misconfigured' && failure.setting in Credentials.shape) {
    return missingSecret(server, failure);
  }
  const cause = causeOf(failure, code);
  return {
    ok: false,
    cause,
    text: {
      en: `${server}: ${failure.why}.`,
      zh: `${server}：${WHAT[cause] ?? '无法使用'}${detailOf(failure, code)}。`,
    },
    next: NEXT[cause] ?? GENERAL,
  };
}

/** Nothing was refused: the login was not even tried. */
function missingSecret(server: 'IMAP' | 'SMTP', { setting, why }: Misconfigured): Finding {
  return {
    ok: false,
    cause: 'credentials',
    text: { en: `${server}: ${why} (${setting}).`, zh: `${server}：未填写 ${setting}。` },
    next: {
      en: 'Enter it; as a password, an app password or authorisation code of the account.',
      zh: '请填写；密码请使用该账号的应用专用密码或授权码。',
    },
    fields: [`credentials.${setting}`],
  };
}

/** What is the same in every language: the setting, or the code of the server or the system. */
function detailOf(failure: Failure, code: string): string {
  if (failure.kind === 'misconfigured') return `（${failure.setting}）`;
  return /^[A-Z0-9_.-]+$/.test(code) ? `（${code}）` : '';
}

const DNS_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EDNS', 'ENODATA']);

function causeOf(failure: Failure, code: string): Cause {
  if (failure.kind === 'unauthorised') return 'credentials';
  if (DNS_CODES.has(code)) return 'dns';
  if (isTlsTrouble(code) || code === 'ETLS') return 'tls';
  if (failure.kind !== 'misconfigured') return 'network';
  if (failure.setting.endsWith('tls')) return 'tls';
  return 'setting';
}

const WHAT: Partial<Record<Cause, string>> = {
  credentials: '登录被拒绝',
  dns: '找不到服务器名称',
  tls: '加密连接失败',
  network: '无法连接服务器',
  setting: '设置有误',
};

const NEXT: Partial<Record<Cause, Localised>> = {
  credentials: {
    en: 'Use an app password or authorisation code, check the user name, and allow IMAP and SMTP for the account.',
    zh: '请使用应用专用密码或授权码，核对用户名，并在邮箱中开启 IMAP 和 SMTP。',
  },
  dns: { en: 'Check the spelling of the server name.', zh: '请检查服务器名称的拼写。' },
  tls: {
    en: 'Check port and encryption: 993 and 465 with TLS, 143 and 587 with STARTTLS; the certificate must fit the server name.',
    zh: '请检查端口与加密方式：993、465 用 TLS，143、587 用 STARTTLS；证书须与服务器名称相符。',
  },
  network: {
    en: 'Check server name and port, and whether a firewall lets this machine out.',
    zh: '请检查服务器名称和端口，以及防火墙是否允许本机访问。',
  },
};

const GENERAL: Localised = {
  en: 'Check the named setting.',
  zh: '请检查所指的设置项。',
};
