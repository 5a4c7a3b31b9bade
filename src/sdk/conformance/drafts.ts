import { isDeepStrictEqual } from 'node:util';
import { Draft, OPENING_KINDS } from '../../model/draft.js';
import { HOUR } from '../../model/time.js';
import type { Envelope } from '../inbound.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { envelopeOfFixture } from './envelopes.js';
import type { Fixture, Trap } from './subject.js';

interface Drafted {
  readonly fixture: Fixture;
  readonly drafts: readonly Draft[];
  /** Sentences of the schema for drafts that are none. */
  readonly invalid: readonly string[];
}

async function draftedOf(bench: Bench, fixture: Fixture): Promise<Drafted> {
  const { drafts: make, account } = bench.subject;
  if (make === undefined) throw new Error('the subject brings no way from a delivery to drafts');
  const inputs = await make(envelopeOfFixture(bench, fixture), account);
  const read = inputs.map((input) => Draft.safeParse(input));
  return {
    fixture,
    drafts: read.flatMap((result) => (result.success ? [result.data] : [])),
    invalid: read.flatMap((result) => (result.success ? [] : [result.error.message])),
  };
}

async function everyFixture(
  bench: Bench,
  judge: (drafted: Drafted) => readonly string[],
): Promise<Faults> {
  const faults: string[] = [];
  for (const fixture of bench.subject.fixtures) {
    const drafted = await draftedOf(bench, fixture);
    faults.push(...judge(drafted).map((fault) => `${fixture.name}: ${fault}`));
  }
  return bench.subject.fixtures.length === 0 ? ['the subject brings no fixtures'] : faults;
}

/** Judges the fixtures that set this trap; that there is none is a fault. */
async function trapped(
  bench: Bench,
  trap: Trap,
  judge: (drafted: Drafted) => readonly string[],
): Promise<Faults> {
  const fixtures = bench.subject.fixtures.filter(({ traps }) => traps?.includes(trap) === true);
  if (fixtures.length === 0) return [`no fixture sets the trap "${trap}"`];
  return everyFixture({ ...bench, subject: { ...bench.subject, fixtures } }, judge);
}

function golden({ fixture, drafts }: Drafted): readonly string[] {
  if (drafts.length !== fixture.drafts.length) {
    const [got, wanted] = [drafts.length, fixture.drafts.length];
    return [`${String(got)} drafts instead of ${String(wanted)}`];
  }
  return fixture.drafts.flatMap((input, index) => {
    const wanted = Draft.parse(input);
    const got = drafts[index];
    const fields = (Object.keys(wanted) as (keyof Draft)[]).filter(
      (name) => !isDeepStrictEqual(wanted[name], got?.[name]),
    );
    return fields.map((name) => differs(name, wanted[name], got?.[name]));
  });
}

function differs(name: string, wanted: unknown, got: unknown): string {
  const short = (value: unknown) =>
    (value === undefined ? 'nothing' : JSON.stringify(value)).slice(0, 200);
  return `${name} is ${short(got)} instead of ${short(wanted)}`;
}

function onlyKind(kind: Draft['kind']) {
  return ({ drafts }: Drafted): readonly string[] => {
    if (drafts.length === 0) return ['gives no draft'];
    const others = drafts.filter((draft) => draft.kind !== kind);
    return others.map((draft) => `became a draft of the kind ${draft.kind} instead of ${kind}`);
  };
}

function neverOpens({ drafts }: Drafted): readonly string[] {
  if (drafts.length === 0) return ['is dropped instead of kept'];
  return drafts
    .filter((draft) => OPENING_KINDS.has(draft.kind))
    .map((draft) => `would open a ticket, as a ${draft.kind}`);
}

function receiptsNameSomething({ drafts }: Drafted): readonly string[] {
  const receipts = drafts.filter((draft) => draft.kind === 'receipt');
  if (receipts.length === 0) return ['gives no receipt'];
  return receipts.flatMap((draft) => [
    ...(draft.receipt === null ? ['a receipt without a status'] : []),
    ...(draft.about === null && (draft.receipt?.upTo ?? null) === null
      ? ['a receipt that names no message']
      : []),
  ]);
}

/** Two facts never share an id: not within a delivery, nor a receipt or an edit with what it is about. */
function uniqueIds({ drafts }: Drafted): readonly string[] {
  const ids = drafts.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const borrowed = drafts.filter(({ id, about }) => id === about);
  return [
    ...twice.map((id) => `the id ${id} is used twice`),
    ...borrowed.map(({ id, kind }) => `the ${kind} has the id of what it is about, ${id}`),
  ];
}

async function stableIds(bench: Bench): Promise<Faults> {
  const faults: string[] = [];
  for (const fixture of bench.subject.fixtures) {
    const first = await draftedOf(bench, fixture);
    const again = await draftedOf(bench, fixture);
    if (!isDeepStrictEqual(first.drafts, again.drafts)) faults.push(`${fixture.name}: differs`);
  }
  return faults;
}

/** Delivered again it is another envelope, later; what it tells keeps its id and its conversation. */
async function redelivered(bench: Bench): Promise<Faults> {
  const { drafts: make, account } = bench.subject;
  const facts = async (envelope: Envelope) =>
    (await make?.(envelope, account))?.map(({ id, conversation, kind }) => [
      id,
      conversation,
      kind,
    ]);
  const faults: string[] = [];
  for (const fixture of bench.subject.fixtures) {
    const first = envelopeOfFixture(bench, fixture);
    const again = { ...first, id: first.id + 1, receivedAt: first.receivedAt + HOUR };
    if (isDeepStrictEqual(await facts(first), await facts(again))) continue;
    faults.push(`${fixture.name}: delivered an hour later it tells something else`);
  }
  return faults;
}

/** No database and no browser chokes on what a customer wrote. */
function isStorable({ drafts }: Drafted): readonly string[] {
  const text = JSON.stringify(drafts);
  return /\\u0000|\\ud[89a-f][0-9a-f]{2}/i.test(text.replaceAll('\\\\', ''))
    ? ['U+0000 or a lone surrogate is in a draft']
    : [];
}

/** Nobody is believed further than the definition says this platform can prove. */
function provenWithinPolicy(bench: Bench): Promise<Faults> {
  const { identity } = bench.connector.definition.policies;
  const declared = new Set(identity.map(({ kind, proof }) => `${kind} ${proof}`));
  return everyFixture(bench, ({ drafts }) =>
    drafts
      .flatMap((draft) => draft.sender.identities.map(({ kind, proof }) => `${kind} ${proof}`))
      .filter((claim) => !declared.has(claim))
      .map((claim) => `claims "${claim}", which the definition does not declare`),
  );
}

function belongsHere(bench: Bench): Promise<Faults> {
  const { account } = bench.subject;
  const { channel } = bench.connector.definition;
  return everyFixture(bench, ({ drafts }) =>
    drafts.flatMap((draft) => [
      ...(draft.connection === account.id ? [] : [`connection is ${draft.connection}`]),
      ...(draft.channel === channel ? [] : [`channel is ${draft.channel} instead of ${channel}`]),
    ]),
  );
}

function digitsKept({ fixture, drafts }: Drafted): readonly string[] {
  const text = JSON.stringify(drafts);
  const lost = (fixture.digits ?? []).filter((digits) => !text.includes(digits));
  return lost.map((digits) => `${digits} is not found in the drafts`);
}

type Judge = (bench: Bench) => Faults | Promise<Faults>;

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: Judge,
  inapplicable?: Check['inapplicable'],
): Check {
  const base: Check = { id: `drafts.${name}`, group: 'drafts', title: say(en, zh), run };
  return inapplicable === undefined ? base : { ...base, inapplicable };
}

const echoes = ({ connector }: Bench) =>
  connector.definition.policies.selfEcho
    ? null
    : say('our own messages do not come back', '自己发送的消息不会回传');

const receipts = ({ connector }: Bench) =>
  connector.definition.policies.receipts.length > 0
    ? null
    : say('the platform gives no receipts', '平台不提供回执');

const longIds = ({ subject }: Bench) =>
  subject.fixtures.some(({ digits }) => digits !== undefined)
    ? null
    : say('no fixture names a long number', '样例中没有长数字');

export const draftChecks: readonly Check[] = [
  check('golden', ['every fixture gives its golden drafts', '样例产生预期草稿'], (bench) =>
    everyFixture(bench, golden),
  ),
  check('schema', ['every draft is a draft', '每份草稿符合格式'], (bench) =>
    everyFixture(bench, ({ invalid }) => invalid),
  ),
  check('here', ['drafts name their connection and channel', '草稿标明连接与渠道'], belongsHere),
  check('ids', ['no two facts share an id', '不同事实的编号不同'], (bench) =>
    everyFixture(bench, uniqueIds),
  ),
  check(
    'redelivered',
    ['delivered again, an hour later, it is the same fact', '一小时后重推仍为同一事实'],
    redelivered,
  ),
  check('storable', ['drafts are text that can be stored', '草稿文本可存储'], (bench) =>
    everyFixture(bench, isStorable),
  ),
  check('stable', ['the same delivery gives the same drafts', '同一推送产生相同草稿'], stableIds),
  check(
    'proof',
    ['nobody is believed beyond the policy', '身份可信度不超过声明'],
    provenWithinPolicy,
  ),
  check(
    'digits',
    ['long numbers reach the drafts digit for digit', '长数字逐位保留到草稿'],
    (bench) => everyFixture(bench, digitsKept),
    longIds,
  ),
  check(
    'unknown',
    ['an unknown kind is kept and opens nothing', '未知类型保留且不建工单'],
    (bench) => trapped(bench, 'unknown', neverOpens),
  ),
  check('automatic', ['an automatic message is known as such', '自动消息被识别'], (bench) =>
    trapped(bench, 'automatic', onlyKind('automatic')),
  ),
  check(
    'echo',
    ['our own message is an echo, not a complaint', '自己的消息识别为回声'],
    (bench) => trapped(bench, 'echo', onlyKind('echo')),
    echoes,
  ),
  check(
    'receipt',
    ['a receipt names the message it is about', '回执指明对应消息'],
    (bench) => trapped(bench, 'receipt', receiptsNameSomething),
    receipts,
  ),
];
