import type { Localised } from './localised.js';

/** One thing that is wrong with a document, as the shapes of zod report it. */
export interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string;
  readonly origin?: string;
  readonly format?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  /** Of a name nobody knows: the one that was meant. */
  readonly nearest?: string | null;
  /** Of a shape's own sentence: the same in Chinese. */
  readonly params?: { readonly zh?: string } | undefined;
}

/** What is wrong, what is wanted, and an example. A shape's own sentence is kept: it knows more. */
export function mistakeOf(issue: Issue): Localised {
  const own = { en: issue.message, zh: issue.params?.zh ?? issue.message };
  if (!/^(?:Invalid|Too (?:small|big)|Unrecognized)/.test(issue.message)) return own;
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue);
    case 'too_small':
      return outside(issue, 'at least', '至少', issue.minimum);
    case 'too_big':
      return outside(issue, 'at most', '至多', issue.maximum);
    case 'invalid_value': {
      const known = (issue.values ?? []).map(String).join(', ');
      return { en: `must be one of: ${known}`, zh: `必须是以下之一:${known}` };
    }
    case 'unrecognized_keys':
      return unknownName(issue);
    case 'invalid_format':
      return wrongForm(issue);
    default:
      return own;
  }
}

function unknownName({ keys = [], nearest = null }: Issue): Localised {
  const names = keys.join(', ').slice(0, 200);
  return nearest === null
    ? {
        en: `is not known here: ${names}; leave it out or correct its name`,
        zh: `不识别的字段:${names};请删除或更正名称`,
      }
    : {
        en: `is not known here: ${names}; did you mean ${nearest}?`,
        zh: `不识别的字段:${names};是否应为 ${nearest}?`,
      };
}

interface Kind {
  readonly en: string;
  readonly zh: string;
  readonly example: string;
}

const LIST: Kind = { en: 'a list', zh: '列表', example: '[ … ]' };
const OBJECT: Kind = { en: 'an object', zh: '对象', example: '{ "name": "value" }' };
const WHOLE: Kind = { en: 'a whole number', zh: '整数', example: '12' };
const KINDS: Readonly<Record<string, Kind>> = {
  string: { en: 'a text', zh: '文本', example: '"…"' },
  number: { en: 'a number', zh: '数字', example: '12' },
  int: WHOLE,
  boolean: { en: 'true or false', zh: 'true 或 false', example: 'true' },
  array: LIST,
  object: OBJECT,
  record: OBJECT,
};

function wrongType({ expected = '', message }: Issue): Localised {
  const { en, zh, example } = KINDS[expected] ?? { en: expected, zh: expected, example: '…' };
  return message.endsWith('received undefined')
    ? {
        en: `is missing: ${en} is wanted, as in ${example}`,
        zh: `缺少此项:需要${zh},例如 ${example}`,
      }
    : { en: `must be ${en}, as in ${example}`, zh: `必须是${zh},例如 ${example}` };
}

const UNITS: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
  string: { en: 'characters', zh: '个字符' },
  array: { en: 'entries', zh: '项' },
};

function outside(
  { origin = '', code, inclusive }: Issue,
  en: string,
  zh: string,
  limit: number | bigint = 0,
): Localised {
  const unit = UNITS[origin];
  if (unit === undefined) {
    const beyond = code === 'too_small' ? ['greater than', '大于'] : ['less than', '小于'];
    return inclusive === false
      ? { en: `must be ${beyond[0]} ${limit}`, zh: `必须${beyond[1]} ${limit}` }
      : { en: `must be ${en} ${limit}`, zh: `必须${zh}为 ${limit}` };
  }
  if (code === 'too_small' && Number(limit) === 1) {
    return { en: 'must not be empty', zh: '不能为空' };
  }
  return {
    en: `must have ${en} ${limit} ${unit.en}`,
    zh: `必须${zh} ${limit} ${unit.zh}`,
  };
}

const FORMS: Readonly<Record<string, Kind>> = {
  datetime: {
    en: 'a date and time with its zone',
    zh: '带时区的日期时间',
    example: '2026-11-20T08:15:00Z',
  },
  date: { en: 'a date', zh: '日期', example: '2026-11-20' },
  url: { en: 'a URL', zh: '网址', example: 'https://shop.example/path' },
  email: { en: 'a mail address', zh: '邮箱地址', example: 'help@shop.example' },
};

function wrongForm({ format = '' }: Issue): Localised {
  const form = FORMS[format];
  return form === undefined
    ? { en: 'has not the form that is wanted: /docs shows it', zh: '格式不正确:正确格式见 /docs' }
    : {
        en: `must be ${form.en}, as in ${form.example}`,
        zh: `必须是${form.zh},例如 ${form.example}`,
      };
}
