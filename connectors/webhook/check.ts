import { createHmac } from 'node:crypto';
import { causeOfSilence, SECOND } from '../../src/sdk/index.js';
import type {
  Account,
  Checked,
  Clock,
  Context,
  Finding,
  HttpResult,
  InboundRequest,
  Localised,
} from '../../src/sdk/index.js';
import { requestOf } from './client.js';
import { Credentials } from './settings.js';
import { prepare } from './prepared.js';
import type { Prepared } from './prepared.js';
import { planSend } from './send-plan.js';
import { signStandard } from './standard-webhooks.js';
import { headOf, verify } from './verify.js';

/** Signs a delivery to itself, then pings the other side if it has a URL for that. */
export async function check(context: Context): Promise<Checked> {
  const preparation = prepare(context.account());
  if (!preparation.ok) return conclude([badSetting(preparation.setting, preparation.why)]);
  const receiving = receivingFinding(context.account(), context.clock, preparation.prepared);
  return conclude([receiving, ...(await sendingFindings(context))]);
}

/** What {@link check} finds without asking the other side. That answers have nowhere to go is a choice. */
export function incomplete(account: Account): Finding | null {
  const preparation = prepare(account);
  if (!preparation.ok) return badSetting(preparation.setting, preparation.why);
  // Any time will do: the sample is signed and verified at the same one.
  const receiving = receivingFinding(account, { now: () => SAMPLE_TIME }, preparation.prepared);
  if (!receiving.ok) return receiving;
  const planned = planSend(account);
  return planned.ok || planned.setting === 'sendUrl'
    ? null
    : badSetting(planned.setting, planned.why);
}

function conclude(findings: readonly Finding[]): Checked {
  return { ok: findings.every((finding) => finding.ok), findings };
}

/** What goes with the words of a finding. */
type More = Pick<Finding, 'next' | 'fields' | 'sending'>;

const good = (text: Localised, more: More = {}): Finding => ({
  ok: true,
  cause: 'ok',
  text,
  ...more,
});

const bad = (cause: Finding['cause'], text: Localised, next: Localised): Finding => ({
  ok: false,
  cause,
  text,
  next,
});

function badSetting(setting: string, why: string): Finding {
  const isSecret = setting in Credentials.shape;
  const finding = bad(
    isSecret ? 'credentials' : 'setting',
    { en: `“${setting}”: ${why}.`, zh: `“${setting}”缺失或填写有误。` },
    { en: 'Correct it in the connection’s form.', zh: '请在连接表单中更正。' },
  );
  return { ...finding, fields: [`${isSecret ? 'credentials' : 'settings'}.${setting}`] };
}

/** A public key cannot sign, so only a real delivery shows that it is the right one. */
function receivingFinding(account: Account, clock: Clock, prepared: Prepared): Finding {
  const key = prepared.standardKeys[0];
  if (key?.version === 'v1a') {
    return good(
      { en: 'The public key can be read.', zh: '公钥可以读取。' },
      {
        next: { en: 'Send a test event from the other system.', zh: '请从对方系统发送测试事件。' },
      },
    );
  }
  const verdict = verify(sampleDelivery(prepared, clock.now()), account, clock);
  if (verdict.verdict === 'verified') {
    return good({
      en: 'A delivery signed with these settings is accepted.',
      zh: '按此设置签名的推送会被接受。',
    });
  }
  const why = verdict.verdict === 'rejected' ? verdict.why : 'not verified';
  const finding = bad(
    'signature',
    { en: `Every delivery would be refused: ${why}.`, zh: '按此设置，所有推送都会被拒绝。' },
    { en: 'Enter the secret this signature needs.', zh: '请填写此签名方式所需的密钥。' },
  );
  const needed = prepared.settings.signature === 'path-secret' ? 'pathSecret' : 'secret';
  return { ...finding, fields: [`credentials.${needed}`] };
}

const SAMPLE_TIME = Date.UTC(2026, 0, 1);
const SAMPLE_ID = 'msg_selftest';
const SAMPLE_BODY = Buffer.from('{"type":"ping"}');

function sampleDelivery(prepared: Prepared, now: number): InboundRequest {
  const { settings, credentials } = prepared;
  return {
    method: 'POST',
    url: '',
    headers:
      settings.signature === 'hmac' ? hmacHeaders(prepared, now) : standardHeaders(prepared, now),
    query: new URLSearchParams(),
    body: SAMPLE_BODY,
    remoteAddress: settings.allowFrom[0]?.split('/', 1)[0] ?? '127.0.0.1',
    pathSecret: credentials.pathSecret ?? null,
  };
}

function standardHeaders(prepared: Prepared, now: number): Record<string, string> {
  const [key] = prepared.standardKeys;
  const timestamp = String(Math.floor(now / SECOND));
  const head = `${SAMPLE_ID}.${timestamp}.`;
  return {
    'webhook-id': SAMPLE_ID,
    'webhook-timestamp': timestamp,
    'webhook-signature': key === undefined ? '' : signStandard(key, head, SAMPLE_BODY),
  };
}

function hmacHeaders({ settings, hmacKeys }: Prepared, now: number): Record<string, string> {
  const [key] = hmacKeys;
  const timestamp = String(Math.floor(now / SECOND));
  const head = headOf(settings.signedContent, SAMPLE_ID, timestamp);
  const signature =
    key === undefined
      ? ''
      : createHmac(settings.algorithm, key)
          .update(head)
          .update(SAMPLE_BODY)
          .digest(settings.encoding);
  return {
    [settings.signatureHeader ?? '']: settings.signaturePrefix + signature,
    [settings.timestampHeader ?? '']: timestamp,
    [settings.idHeader ?? '']: SAMPLE_ID,
  };
}

async function sendingFindings(context: Context): Promise<readonly Finding[]> {
  const planned = planSend(context.account());
  if (!planned.ok) {
    return planned.setting === 'sendUrl'
      ? [cannotAnswer()]
      : [badSetting(planned.setting, planned.why)];
  }
  const { plan } = planned;
  const { checkUrl } = plan.prepared.settings;
  if (checkUrl === undefined) {
    return [
      good(
        { en: 'Sending is set up and was not tried.', zh: '发送已配置，但未经测试。' },
        {
          next: { en: 'Enter a check URL to try it.', zh: '填写检查地址即可测试。' },
          fields: ['settings.checkUrl'],
          sending: 'untried',
        },
      ),
    ];
  }
  const now = context.clock.now();
  const body = { type: 'ping', timestamp: new Date(now).toISOString(), data: {} };
  const call = { method: 'POST', url: checkUrl, headers: {}, body } as const;
  const ping = requestOf(plan, call, { key: `ping_${now}`, now });
  return [pingFinding(await context.http.request(ping))];
}

function cannotAnswer(): Finding {
  return good(
    {
      en: 'Messages come in; answers cannot leave until sendUrl is set.',
      zh: '可接收消息；设置 sendUrl 之前无法发送回复。',
    },
    {
      next: { en: 'To answer, enter “Send to”.', zh: '如需回复，请填写“发送地址”。' },
      fields: ['settings.sendUrl'],
      sending: 'impossible',
    },
  );
}

function pingFinding(result: HttpResult): Finding {
  if (result.kind !== 'answer') {
    const { cause, zh } = causeOfSilence(result);
    return bad(
      cause,
      { en: `The check URL cannot be reached: ${result.why}`, zh: `无法访问检查地址：${zh}。` },
      { en: 'Check the URL and the network.', zh: '请检查地址与网络。' },
    );
  }
  const { status } = result;
  if (status >= 200 && status < 300) {
    return good({ en: 'The other side took a signed ping.', zh: '对方接受了已签名的 ping。' });
  }
  const credentials = status === 401 || status === 403;
  const finding = bad(
    credentials ? 'credentials' : 'setting',
    { en: `The check URL answered with HTTP ${status}.`, zh: `检查地址返回 HTTP ${status}。` },
    credentials
      ? {
          en: 'Check “Authorization” and the secret for sending.',
          zh: '请检查“Authorization”与发送密钥。',
        }
      : { en: 'Check the URL.', zh: '请检查地址。' },
  );
  return { ...finding, fields: [credentials ? 'credentials.authorization' : 'settings.checkUrl'] };
}
