import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Localised } from '../../model/localised.js';
import type { Definition } from '../definition.js';
import { fieldMeta } from '../fields.js';
import { fieldsOf } from './canaries.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';

/** A heading for each of these stands in every connector's page, so that every page reads alike. */
const README_SECTIONS: readonly (readonly [name: string, heading: RegExp])[] = [
  ['What it does natively, converts, drops, rejects', /what it does/i],
  ['Windows and limits', /limit/i],
  ['Set-up step by step', /set-?up/i],
  ['Identity', /identity/i],
  ['Errors', /errors/i],
  ['What was never verified live', /verified/i],
];

const HAN = /\p{Script=Han}/u;

function wordFaults(where: string, words: Localised | undefined): Faults {
  if (words === undefined) return [`${where} has no words`];
  return [
    ...(words.en.trim() === '' ? [`${where} has no English`] : []),
    ...(HAN.test(words.en) ? [`${where}: the English holds Chinese`] : []),
    ...(words.zh.trim() === '' ? [`${where} has no Chinese`] : []),
  ];
}

function speaksBoth({ connector }: Bench): Faults {
  const { title, summary, setup } = connector.definition;
  return [
    ...wordFaults('the title', title),
    ...wordFaults('the summary', summary),
    ...(HAN.test(summary.zh) ? [] : ['the Chinese summary is not Chinese']),
    ...setup.flatMap(({ text }, index) => wordFaults(`step ${String(index + 1)}`, text)),
  ];
}

const allFields = ({ settings, credentials }: Definition) => [
  ...fieldsOf(settings),
  ...fieldsOf(credentials),
];

function labelsFields({ connector }: Bench): Faults {
  return allFields(connector.definition).flatMap(([path, field]) => {
    const meta = fieldMeta(field);
    if (meta === null) return [`the field ${path} has neither label nor help`];
    return [
      ...wordFaults(`the label of ${path}`, meta.label),
      ...wordFaults(`the help of ${path}`, meta.help),
    ];
  });
}

/** Names of things that are secret wherever they appear; `secretId` and `publicKey` are not. */
const SECRET_NAME = /(secret|password|passphrase|token|privatekey|aeskey|apikey)$/i;

function marksSecrets({ connector }: Bench): Faults {
  return allFields(connector.definition)
    .filter(([path, field]) => SECRET_NAME.test(path) && fieldMeta(field)?.secret !== true)
    .map(([path]) => `the field ${path} is not marked as a secret`);
}

function isData({ connector }: Bench): Faults {
  const { settings, credentials, ...rest } = connector.definition;
  const faults: string[] = [];
  for (const [name, schema] of [
    ['settings', settings] as const,
    ['credentials', credentials] as const,
  ]) {
    try {
      JSON.stringify(z.toJSONSchema(schema, { io: 'input' }));
    } catch (error) {
      faults.push(`${name} cannot be written as JSON Schema: ${String(error).slice(0, 150)}`);
    }
  }
  return [...faults, ...notData(rest, 'definition')];
}

function notData(value: unknown, path: string): Faults {
  if (value === null || ['string', 'boolean', 'number'].includes(typeof value)) {
    return typeof value === 'number' && !Number.isFinite(value) ? [`${path} is not finite`] : [];
  }
  if (typeof value !== 'object') return [`${path} is a ${typeof value}, not data`];
  return Object.entries(value).flatMap(([name, item]) => notData(item, `${path}.${name}`));
}

function pageOf({ connector, subject }: Bench): string | null {
  const file = join(subject.installation, connector.definition.docs);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function hasPage(bench: Bench): Faults {
  return pageOf(bench) === null ? [`there is no ${bench.connector.definition.docs}`] : [];
}

function hasSections(bench: Bench): Faults {
  const headings = (pageOf(bench) ?? '').split('\n').filter((line) => line.startsWith('## '));
  const places = README_SECTIONS.map(([, wanted]) => headings.findIndex((it) => wanted.test(it)));
  const missing = README_SECTIONS.filter((_section, index) => places[index] === -1);
  const inOrder = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
  return [
    ...missing.map(([name]) => `the page has no section "## ${name}"`),
    ...(missing.length > 0 || inOrder ? [] : ['the sections of the page are not in their order']),
  ];
}

function isNamed({ connector }: Bench): Faults {
  const { name, version, channel } = connector.definition;
  return [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? [] : [`the name ${name} is not kebab-case`]),
    ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`the version ${version} is not x.y.z`]),
    ...(/^[a-z][a-z0-9-]*$/.test(channel) ? [] : [`the channel ${channel} is not a plain word`]),
  ];
}

/** Every field stands in one step, where an admin looks for it; no step names what is not there. */
function setsUp({ connector }: Bench): Faults {
  const { setup, settings, credentials } = connector.definition;
  const asked = setup.flatMap((step) => (step.kind === 'form' ? step.fields : []));
  const known = Object.keys({ ...settings.shape, ...credentials.shape });
  return [
    ...asked.filter((name) => !known.includes(name)).map((name) => `no field is called ${name}`),
    ...known.filter((name) => !asked.includes(name)).map((name) => `no step asks for ${name}`),
    ...asked
      .filter((name, index) => asked.indexOf(name) !== index)
      .map((name) => `two steps ask for ${name}`),
  ];
}

/** What a pure look at an account says of it: a working one lacks nothing, and one without secrets is no exception. */
function knowsItsGaps({ connector, subject }: Bench): Faults {
  const { account } = subject;
  const lacking = connector.incomplete?.(account) ?? null;
  const bare = connector.incomplete?.({ ...account, credentials: {}, settings: {} }) ?? null;
  return [
    ...(lacking === null ? [] : [`the sample account is said to lack: ${lacking.text.en}`]),
    ...(bare === null ? [] : wordFaults('the finding of an empty account', bare.text)),
    ...(bare?.ok === true ? ['an account that lacks something is found to be fine'] : []),
  ];
}

/** Mappings are mended by people who cannot code: each shows by examples what it does. */
function hasExamples({ connector, subject }: Bench): Faults {
  const { name, docs } = connector.definition;
  const folders = [`mappings/${name}`, `${dirname(docs)}/mappings`];
  const files = folders.flatMap((folder) => yamlIn(join(subject.installation, folder)));
  const rules = files.filter((file) => !file.endsWith('.test.yaml'));
  return rules
    .filter((file) => !files.includes(file.replace(/\.yaml$/, '.test.yaml')))
    .map((file) => `${basename(file)} has no examples beside it`);
}

const yamlIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => join(folder, file))
    : [];

function keepsFewHeaders({ connector }: Bench): Faults {
  const never = ['authorization', 'cookie', 'proxy-authorization'];
  return connector.definition.headers.flatMap((name) => [
    ...(name === name.toLowerCase() ? [] : [`the header ${name} is not lower case`]),
    ...(never.includes(name.toLowerCase()) ? [`the header ${name} is never kept`] : []),
  ]);
}

function boundsAreSane({ connector }: Bench): Faults {
  const { limits, policies } = connector.definition;
  const { replyWindows, rate, redelivery } = policies;
  const positive = (value: number | null) =>
    value === null || (Number.isInteger(value) && value > 0);
  return [
    ...limits
      .filter(({ max }) => !Number.isInteger(max) || max < 0)
      .map(({ what }) => `the limit of ${what} is no count`),
    ...replyWindows
      .filter(({ lasts, messages }) => !positive(lasts) || !positive(messages))
      .map(({ opensOn }) => `the window opened by ${opensOn} has no sane bounds`),
    ...(rate === null || (positive(rate.messages) && positive(rate.per)) ? [] : ['rate is none']),
    ...(Number.isInteger(redelivery) && redelivery >= 0 ? [] : ['redelivery is no duration']),
  ];
}

function acknowledges({ connector }: Bench): Faults {
  const { transports, policies } = connector.definition;
  const webhook = transports.includes('webhook');
  const verify = connector.verify !== undefined;
  const { ack } = policies;
  return [
    ...(webhook === verify ? [] : ['it has verify exactly when it declares webhook']),
    ...(webhook === (ack !== null) ? [] : ['it has an ack exactly when it declares webhook']),
    ...(ack === null || (ack.status >= 200 && ack.status < 300) ? [] : ['the ack is no success']),
    ...(ack === null || ack.deadline > 0 ? [] : ['the ack has no deadline']),
  ];
}

function fitsForm({ connector, subject }: Bench): Faults {
  const { settings, credentials } = connector.definition;
  return [subject.account, subject.stranger].flatMap((account) =>
    [settings.safeParse(account.settings), credentials.safeParse(account.credentials)].flatMap(
      (read) => (read.success ? [] : [`a sample account does not fit: ${read.error.message}`]),
    ),
  );
}

function check(name: string, [en, zh]: readonly [string, string], run: Check['run']): Check {
  return { id: `definition.${name}`, group: 'definition', title: say(en, zh), run };
}

export const definitionChecks: readonly Check[] = [
  check('name', ['name, version and channel are plain', '名称、版本与渠道规范'], isNamed),
  check('words', ['it speaks English and Chinese', '提供中英文'], speaksBoth),
  check('fields', ['every field has label and help', '每个字段有标签与说明'], labelsFields),
  check('secrets', ['secrets are marked as such', '密钥字段已标记'], marksSecrets),
  check(
    'data',
    ['it is data, and its forms are JSON Schema', '定义为数据，表单可转 JSON Schema'],
    isData,
  ),
  check('page', ['its page exists', '说明页存在'], hasPage),
  check(
    'sections',
    ['its page has the usual sections in their order', '说明页章节齐全且有序'],
    hasSections,
  ),
  check('setup', ['every field stands in one step', '每个字段恰在一个步骤中'], setsUp),
  check(
    'gaps',
    ['what an account lacks is told in both languages', '缺失项以双语说明'],
    knowsItsGaps,
  ),
  check('examples', ['every mapping has its examples', '每个映射都有示例'], hasExamples),
  check('headers', ['only harmless headers are kept', '仅保留无害的请求头'], keepsFewHeaders),
  check('bounds', ['limits and policies have sane bounds', '限制与策略合理'], boundsAreSane),
  check('ack', ['a webhook is verified and acknowledged', 'Webhook 有验证与应答'], acknowledges),
  check('account', ['the sample accounts fit its forms', '样例账户符合表单'], fitsForm),
];
