import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { SHORTEST_CANARY, canariesOf, leaks, wrongSecrets } from './canaries.js';
import { decodeOf, envelopeOf, envelopeOfFixture } from './envelopes.js';
import { genuine, verdictOf, webhookOf, withPlace } from './forgeries.js';
import { partsOf, renderOf, replyOf } from './replies.js';
import { LONGEST_SEND, rehearsalOf, sendOne, sendPart, sendsAway } from './sends.js';
import { onStage, settlesWithin } from './stage.js';
import type { Stage } from './stage.js';

const NO_WEBHOOK = say('it receives no deliveries to verify', '不接收需验证的推送');
const verifies = ({ connector }: Bench) => (connector.verify === undefined ? NO_WEBHOOK : null);

type Told = readonly (readonly [where: string, text: unknown])[];

/** A fault for every place in which a secret can be read. */
function leaked(bench: Bench, told: Told): Faults {
  const { connector, subject } = bench;
  const canaries = [
    ...canariesOf(connector.definition, subject.account),
    ...canariesOf(connector.definition, wrongSecrets(connector.definition, subject.account)),
  ];
  return told
    .filter(([, text]) => leaks(canaries, typeof text === 'string' ? text : JSON.stringify(text)))
    .map(([where]) => `a secret can be read in ${where}`);
}

function areCanaries({ connector, subject }: Bench): Faults {
  const canaries = canariesOf(connector.definition, subject.account);
  if (canaries.length === 0) return ['the account has no secrets to look for'];
  const short = canaries.filter((canary) => canary.length < SHORTEST_CANARY);
  const strangers = canariesOf(connector.definition, subject.stranger);
  const shared = canaries.filter((canary) => strangers.includes(canary));
  return [
    ...short.map(() => `a secret of the sample account is shorter than ${String(SHORTEST_CANARY)}`),
    ...shared.map(() => 'the two sample accounts share a secret'),
  ];
}

function inVerdicts(bench: Bench): Faults {
  const { signature } = webhookOf(bench);
  const request = genuine(bench);
  const requests = [
    request,
    withPlace(request, signature, null),
    withPlace(request, signature, 'wrong'),
    { ...request, body: Buffer.concat([request.body, Buffer.from('x')]) },
  ];
  return leaked(
    bench,
    requests.map((it) => ['what verify says', verdictOf(bench, it)]),
  );
}

/** A static secret that proves a delivery stands in a header: that header must not be kept. */
function inEnvelopes(bench: Bench): Faults {
  const envelope = envelopeOf(bench, genuine(bench), 'kept');
  return leaked(bench, [
    ['the headers that are kept', envelope.notes],
    ['the query that is kept', envelope.query],
  ]);
}

async function inDrafts(bench: Bench): Promise<Faults> {
  const told: [string, unknown][] = [];
  for (const fixture of bench.subject.fixtures) {
    const envelope = envelopeOfFixture(bench, fixture);
    told.push(['what decode gives', await decodeOf(bench, envelope)]);
    const drafts = await bench.subject.drafts?.(envelope, bench.subject.account);
    told.push(['the drafts', drafts ?? []]);
  }
  return leaked(bench, told);
}

/** A token that is meant to leave (of a reply, of a visitor) is a MAC of a key, never the key. */
function inParts(bench: Bench): Faults {
  return leaked(bench, [
    ['the parts', renderOf(bench, replyOf(bench, 'Thank you.'))],
    ['the parts', renderOf(bench, replyOf(bench, 'word '.repeat(2_000)))],
  ]);
}

async function inOutcomes(bench: Bench): Promise<Faults> {
  const told: [string, unknown][] = [];
  const faults: string[] = [];
  for (const fault of [null, ...bench.subject.faults]) {
    await onStage(bench, async (stage) => {
      await rehearsalOf(stage).script(fault);
      const sending = sendOne(bench, stage, 'secret');
      if (!(await settlesWithin(sending, LONGEST_SEND))) stage.abort();
      told.push([`the outcome of ${fault ?? 'a send'}`, await sending]);
      told.push([`the log of ${fault ?? 'a send'}`, stage.logged]);
      faults.push(...ownCanaries(bench, stage, told));
    });
  }
  return [...new Set([...faults, ...leaked(bench, told)])];
}

/** A simulator may issue secrets of its own; they are canaries too. */
function ownCanaries(bench: Bench, stage: Stage, told: Told): Faults {
  const { connector, subject } = bench;
  return leaked({ connector, subject: { ...subject, account: stage.account } }, told);
}

async function inChecks(bench: Bench): Promise<Faults> {
  const check = (wrong: boolean) =>
    onStage(
      bench,
      async (stage) => {
        const found = await stage.live.check().catch((error: unknown) => String(error));
        return ownCanaries(bench, stage, [
          ['the findings of check', found],
          ['the log of check', stage.logged],
        ]);
      },
      {
        account: (account) => (wrong ? wrongSecrets(bench.connector.definition, account) : account),
      },
    );
  return [...(await check(false)), ...(await check(true))];
}

/** What is said to a customer is nobody's to read in a log. */
const WORDS = 'canary sentence about a broken kettle 水壶坏了';

async function wordsInLogs(bench: Bench): Promise<Faults> {
  const { handle } = bench.subject.conversation;
  const faults: string[] = [];
  for (const fault of [null, ...bench.subject.faults]) {
    if (fault === 'silence' || fault === 'trickle') continue;
    await onStage(bench, async (stage) => {
      await rehearsalOf(stage).script(fault);
      const [part] = partsOf(renderOf(bench, replyOf(bench, WORDS), stage.account));
      if (part !== undefined) await sendPart(stage, part, 'words');
      const log = stage.logged.join('\n');
      if (log.includes('kettle') || log.includes('水壶')) {
        faults.push(`the words of an answer can be read in the log of ${fault ?? 'a send'}`);
      }
      if (handle.length >= 7 && log.includes(handle)) {
        faults.push(`the customer's address can be read in the log of ${fault ?? 'a send'}`);
      }
    });
  }
  return faults;
}

function inDefinition({ connector, subject }: Bench): Faults {
  const { settings: _settings, credentials: _credentials, ...words } = connector.definition;
  return leaked({ connector, subject }, [['the definition', words]]);
}

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: Check['run'],
  inapplicable?: Check['inapplicable'],
): Check {
  const base: Check = { id: `secrets.${name}`, group: 'secrets', title: say(en, zh), run };
  return inapplicable === undefined ? base : { ...base, inapplicable };
}

export const secretChecks: readonly Check[] = [
  check('canaries', ['the sample accounts carry canaries', '样例账户含金丝雀密钥'], areCanaries),
  check('definition', ['no secret is in the definition', '定义中无密钥'], inDefinition),
  check('verdicts', ['no secret is in a verdict', '验证结论中无密钥'], inVerdicts, verifies),
  check(
    'envelopes',
    ['no secret is kept with a delivery', '保存的推送中无密钥'],
    inEnvelopes,
    verifies,
  ),
  check('drafts', ['no secret is in a draft', '草稿中无密钥'], inDrafts),
  check('parts', ['no secret is in a part', '回复部分中无密钥'], inParts),
  check(
    'outcomes',
    ['no secret is in an outcome or its log', '发送结果与日志中无密钥'],
    inOutcomes,
    sendsAway,
  ),
  check(
    'content',
    ['neither words nor addresses are in a log', '日志中无消息内容与地址'],
    wordsInLogs,
    sendsAway,
  ),
  check('checks', ['no secret is in a finding or its log', '检查结果与日志中无密钥'], inChecks),
];
