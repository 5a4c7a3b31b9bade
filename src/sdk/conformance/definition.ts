import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  return README_SECTIONS.filter(([, wanted]) => !headings.some((it) => wanted.test(it))).map(
    ([name]) => `the page has no section "## ${name}"`,
  );
}

function isNamed({ connector }: Bench): Faults {
  const { name, version, channel } = connector.definition;
  return [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? [] : [`the name ${name} is not kebab-case`]),
    ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`the version ${version} is not x.y.z`]),
    ...(/^[a-z][a-z0-9-]*$/.test(channel) ? [] : [`the channel ${channel} is not a plain word`]),
  ];
}

/** Everything an admin must fill in stands in a step; no step names what is not there. */
function setsUp({ connector }: Bench): Faults {
  const { setup, settings, credentials } = connector.definition;
  const asked = new Set(setup.flatMap((step) => (step.kind === 'form' ? step.fields : [])));
  const fields = Object.entries({ ...settings.shape, ...credentials.shape });
  const known = new Set(fields.map(([name]) => name));
  const required = fields.filter(([, field]) => !(field as z.ZodType).safeParse(undefined).success);
  return [
    ...[...asked].filter((name) => !known.has(name)).map((name) => `no field is called ${name}`),
    ...required
      .filter(([name]) => !asked.has(name))
      .map(([name]) => `no step asks for the required field ${name}`),
  ];
}

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
  check('sections', ['its page has the usual sections', '说明页章节齐全'], hasSections),
  check('setup', ['the steps ask for everything required', '步骤涵盖所有必填项'], setsUp),
  check('headers', ['only harmless headers are kept', '仅保留无害的请求头'], keepsFewHeaders),
  check('bounds', ['limits and policies have sane bounds', '限制与策略合理'], boundsAreSane),
  check('ack', ['a webhook is verified and acknowledged', 'Webhook 有验证与应答'], acknowledges),
  check('account', ['the sample accounts fit its forms', '样例账户符合表单'], fitsForm),
];
