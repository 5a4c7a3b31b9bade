import type { InboundRequest } from '../inbound.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import {
  genuine,
  refusalFault,
  sameOrRefused,
  verdictOf,
  webhookOf,
  withSecrets,
} from './forgeries.js';
import {
  changedCharacters,
  changedPlaces,
  emptySignatures,
  extras,
  flippedBits,
  isJson,
  longerAndShorter,
  mutations,
  respellings,
  rewrittenJson,
  signatureAs,
  truncations,
  wrongSecrets,
} from './variants.js';
import type { Variant } from './variants.js';
import {
  downgrades,
  otherAddresses,
  reencodedBodies,
  spoofedHeaders,
  unsignedClaims,
} from './transit-variants.js';

const NO_WEBHOOK = say('it receives no deliveries to verify', '不接收需验证的推送');
const BODY_UNSIGNED = say('the platform does not sign the body', '平台不对正文签名');
const NO_TIMESTAMP = say('the scheme signs no time', '签名方案不含时间');
const NO_HANDSHAKE = say('the platform has no handshake', '平台没有握手验证');
const NO_JSON = say('the body is not JSON', '正文不是 JSON');

const verifies = ({ connector }: Bench) => (connector.verify === undefined ? NO_WEBHOOK : null);
const signsBody = (bench: Bench) =>
  verifies(bench) ?? (bench.subject.webhook?.coversBody === false ? BODY_UNSIGNED : null);
const signsTime = (bench: Bench) =>
  verifies(bench) ?? (bench.subject.webhook?.tolerance === null ? NO_TIMESTAMP : null);
const shakesHands = (bench: Bench) =>
  verifies(bench) ??
  (bench.subject.webhook !== undefined && bench.subject.webhook.handshake === undefined
    ? NO_HANDSHAKE
    : null);

/** Every variant has to be turned away. */
function allRefused(bench: Bench, variants: readonly Variant[]): Faults {
  return variants.flatMap(([what, request]) => {
    const fault = refusalFault(verdictOf(bench, request));
    return fault === null ? [] : [`${what}: ${fault}`];
  });
}

/** Every variant has to be turned away, or be the same delivery saying the same. */
async function noneDiffers(bench: Bench, variants: readonly Variant[]): Promise<Faults> {
  const original = genuine(bench);
  const faults: string[] = [];
  for (const [what, request] of variants) {
    const fault = await sameOrRefused(bench, original, request);
    if (fault !== null) faults.push(`${what}: ${fault}`);
  }
  return faults;
}

function acceptsGenuine(bench: Bench): Faults {
  return webhookOf(bench).bodies.flatMap((_body, index) => {
    const verdict = verdictOf(bench, genuine(bench, index));
    if (typeof verdict !== 'string' && verdict.verdict === 'verified') return [];
    const why = typeof verdict === 'string' ? verdict : JSON.stringify(verdict);
    return [`genuine delivery ${String(index + 1)} was not verified: ${why}`];
  });
}

/** What stands where a secret should, when nobody entered one. */
const BLANKS: readonly unknown[] = [undefined, null, '', ' ', '\t\n', 0, false, [], {}];

function blankSecrets(bench: Bench): Faults {
  const { webhook, now } = { ...bench.subject, webhook: webhookOf(bench) };
  const [body] = webhook.bodies;
  return BLANKS.flatMap((blank) => {
    const account = withSecrets(bench, blank);
    // Some signers cannot sign with nothing; what a forger would send then is the genuine form.
    const requests = [genuine(bench), attempt(() => webhook.sign(body, now, account))];
    return requests.flatMap((request) => {
      const fault = request === null ? null : refusalFault(verdictOf(bench, request, { account }));
      return fault === null
        ? []
        : [`secret ${blank === undefined ? 'missing' : JSON.stringify(blank)}: ${fault}`];
    });
  });
}

function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

/** Deliveries signed `offsets` milliseconds off the clock. */
function signedAt(bench: Bench, offset: number): InboundRequest {
  const webhook = webhookOf(bench);
  return webhook.sign(webhook.bodies[0], bench.subject.now + offset, bench.subject.account);
}

function timeEdges(bench: Bench, direction: 1 | -1): Faults {
  const tolerance = webhookOf(bench).tolerance ?? 0;
  const inside = verdictOf(bench, signedAt(bench, direction * (tolerance - 1_000)));
  const faults = allRefused(
    bench,
    [1_000, 60_000, 86_400_000, 10 * 365 * 86_400_000].map((more) => [
      `${String(more / 1_000)} s beyond the tolerance`,
      signedAt(bench, direction * (tolerance + more)),
    ]),
  );
  const fine = typeof inside !== 'string' && inside.verdict === 'verified';
  return fine ? faults : [...faults, 'one second inside the tolerance: not verified'];
}

function handshakes(bench: Bench): Faults {
  const { account, now } = bench.subject;
  const handshake = webhookOf(bench).handshake;
  if (handshake === undefined) return [];
  const good = verdictOf(bench, handshake.genuine(account, now));
  const answered = typeof good !== 'string' && good.verdict === 'challenge';
  const bad = refusalFault(verdictOf(bench, handshake.forged(account, now)));
  return [
    ...(answered ? [] : ['the genuine handshake was not answered']),
    ...(bad === null ? [] : [`the forged handshake: ${bad}`]),
  ];
}

type Titled = readonly [id: string, en: string, zh: string];

function check(
  [name, en, zh]: Titled,
  run: Check['run'],
  inapplicable: Check['inapplicable'] = verifies,
): Check {
  return { id: `verify.${name}`, group: 'verify', title: say(en, zh), inapplicable, run };
}

const refused = (variants: (bench: Bench) => readonly Variant[]) => (bench: Bench) =>
  allRefused(bench, variants(bench));
const harmless = (variants: (bench: Bench) => readonly Variant[]) => (bench: Bench) =>
  noneDiffers(bench, variants(bench));

export const verifyChecks: readonly Check[] = [
  check(['genuine', 'genuine deliveries are verified', '真实推送通过验证'], acceptsGenuine),
  check(
    ['no-signature', 'a delivery without its signature is refused', '无签名的推送被拒绝'],
    refused((bench) => [['without', signatureAs(bench, null)]]),
  ),
  check(
    ['empty-signature', 'an empty signature is refused', '空签名被拒绝'],
    refused(emptySignatures),
  ),
  check(
    [
      'wrong-secret',
      'another secret or another account proves nothing',
      '其他密钥或账户的签名无效',
    ],
    refused(wrongSecrets),
  ),
  check(
    ['truncated-signature', 'a beginning of the signature is refused', '截断的签名被拒绝'],
    refused(truncations),
  ),
  check(
    ['changed-signature', 'every character of the signature counts', '签名的每个字符都有效'],
    harmless(changedCharacters),
  ),
  check(
    [
      'respelled-signature',
      'another spelling is refused or the same',
      '其他写法被拒绝或视为同一推送',
    ],
    harmless(respellings),
  ),
  check(
    ['body-length', 'a byte more or less in the body is refused', '正文多或少一个字节被拒绝'],
    harmless(longerAndShorter),
    signsBody,
  ),
  check(
    ['body-bits', 'a flipped bit in the body is refused', '正文翻转一位被拒绝'],
    harmless(flippedBits),
    signsBody,
  ),
  check(
    ['body-rewritten', 'the raw bytes are signed, not their meaning', '签名针对原始字节而非其含义'],
    refused(rewrittenJson),
    (bench) => signsBody(bench) ?? (isJson(bench) ? null : NO_JSON),
  ),
  check(
    [
      'signed-places',
      'signed headers and parameters cannot be changed',
      '已签名的头与参数不可更改',
    ],
    harmless(changedPlaces),
  ),
  check(
    ['body-encoding', 'a body in another encoding is another body', '换编码的正文视为另一正文'],
    harmless(reencodedBodies),
    signsBody,
  ),
  check(
    ['downgrade', 'a weaker scheme is not believed', '不接受降级的签名方案'],
    harmless(downgrades),
  ),
  check(
    ['claims', 'who it says it is proves nothing', '自称的来源不作为依据'],
    refused(unsignedClaims),
  ),
  check(
    ['spoofed-headers', 'forwarding headers change nothing', '转发类请求头不影响结果'],
    harmless(spoofedHeaders),
  ),
  check(
    ['other-address', 'another address is refused or the same', '其他地址写法被拒绝或视为同一推送'],
    harmless(otherAddresses),
  ),
  check(
    ['blank-secret', 'without its secret nothing is believed', '缺少密钥时一律拒绝'],
    blankSecrets,
  ),
  check(
    ['stale', 'a delivery signed too long ago is refused', '签名时间过旧被拒绝'],
    (bench) => timeEdges(bench, -1),
    signsTime,
  ),
  check(
    ['future', 'a delivery signed in the future is refused', '签名时间在未来被拒绝'],
    (bench) => timeEdges(bench, 1),
    signsTime,
  ),
  check(
    ['unsigned-extras', 'what is not signed changes nothing', '未签名的内容不影响结果'],
    harmless(extras),
  ),
  check(
    [
      'mutations',
      '1,000 random damages: none believed, none thrown on',
      '1000 次随机破坏无一通过或抛错',
    ],
    harmless(mutations),
  ),
  check(
    ['handshake', 'a handshake is answered only when genuine', '仅应答真实的握手'],
    handshakes,
    shakesHands,
  ),
];
