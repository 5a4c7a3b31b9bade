import type { Localised } from './localised.js';

/** One entry of the catalogue of errors: what docs/errors.md explains and every answer names. */
export interface ProblemKind {
  /** Never reused for another meaning. */
  readonly code: string;
  readonly status: number;
  readonly title: Localised;
  /** What to do about it. */
  readonly way: Localised;
}

/** Every error the HTTP surface gives. */
export const PROBLEMS = {
  badRequest: {
    code: 'HUB_101',
    status: 400,
    title: { en: 'The request is not as this route needs it', zh: '请求内容不符合要求' },
    way: {
      en: 'read `problems`, which names each field; /docs has the shape',
      zh: '查看 `problems` 中列出的字段;正确格式见 /docs',
    },
  },
  unauthenticated: {
    code: 'HUB_102',
    status: 401,
    title: { en: 'No valid token', zh: '缺少有效令牌' },
    way: {
      en: 'send Authorization: Bearer with a token in force; an admin makes one',
      zh: '发送有效的 Authorization: Bearer 令牌;令牌由管理员创建',
    },
  },
  forbidden: {
    code: 'HUB_103',
    status: 403,
    title: { en: 'This token may not do that', zh: '该令牌没有此权限' },
    way: {
      en: 'use a token with one of the scopes the answer names',
      zh: '使用具有所列权限的令牌',
    },
  },
  notFound: {
    code: 'HUB_104',
    status: 404,
    title: { en: 'There is no such thing', zh: '找不到对应内容' },
    way: {
      en: 'compare the address; what was removed does not come back',
      zh: '核对地址;已删除的内容无法恢复',
    },
  },
  methodNotAllowed: {
    code: 'HUB_105',
    status: 405,
    title: { en: 'Not with this method', zh: '不支持该请求方法' },
    way: { en: 'use one of the methods in the Allow header', zh: '使用 Allow 响应头列出的方法' },
  },
  conflict: {
    code: 'HUB_106',
    status: 409,
    title: { en: 'It is not in a state for that', zh: '当前状态不允许此操作' },
    way: {
      en: 'read it again: `detail` says what stands in the way',
      zh: '重新读取后再决定;`detail` 说明了原因',
    },
  },
  wrongType: {
    code: 'HUB_107',
    status: 415,
    title: { en: 'This route takes JSON', zh: '该接口只接受 JSON' },
    way: { en: 'send content-type: application/json', zh: '请设置 content-type: application/json' },
  },
  keyReused: {
    code: 'HUB_108',
    status: 422,
    title: {
      en: 'This Idempotency-Key was used for another request',
      zh: '该 Idempotency-Key 已用于其他请求',
    },
    way: {
      en: 'take a new Idempotency-Key for a new request',
      zh: '新请求请使用新的 Idempotency-Key',
    },
  },
  tooMany: {
    code: 'HUB_109',
    status: 429,
    title: { en: 'Too many requests', zh: '请求过于频繁' },
    way: { en: 'wait as long as Retry-After says', zh: '按 Retry-After 等待后再试' },
  },
  unknownConnection: {
    code: 'HUB_201',
    status: 404,
    title: { en: 'There is no such connection', zh: '没有这个连接' },
    way: {
      en: 'compare the id with GET /api/v1/connections',
      zh: '与 GET /api/v1/connections 中的编号核对',
    },
  },
  notGenuine: {
    code: 'HUB_202',
    status: 401,
    title: { en: 'The delivery is not proven genuine', zh: '无法证明该推送的真实性' },
    way: {
      en: "compare the secret with the platform's, the clock, and HUBBUB_PUBLIC_URL",
      zh: '核对平台密钥、系统时钟与 HUBBUB_PUBLIC_URL',
    },
  },
  tooLarge: {
    code: 'HUB_203',
    status: 413,
    title: { en: 'The body is too large', zh: '请求体过大' },
    way: {
      en: 'send less, or raise the limit in config/default.yaml',
      zh: '减小内容,或在 config/default.yaml 中提高上限',
    },
  },
  tooSlow: {
    code: 'HUB_204',
    status: 408,
    title: { en: 'The body came too slowly', zh: '请求体传输过慢' },
    way: { en: 'send it again over a better line', zh: '请在更好的网络下重新发送' },
  },
  cutOff: {
    code: 'HUB_205',
    status: 400,
    title: { en: 'The body was cut off', zh: '请求体不完整' },
    way: { en: 'send it again whole; nothing was stored', zh: '请完整地重新发送;未存储任何内容' },
  },
  encoded: {
    code: 'HUB_206',
    status: 415,
    title: { en: 'Compressed bodies are not taken', zh: '不接受压缩的请求体' },
    way: { en: 'send the body without Content-Encoding', zh: '发送时不要使用 Content-Encoding' },
  },
  notStored: {
    code: 'HUB_207',
    status: 503,
    title: { en: 'It could not be stored and was not accepted', zh: '无法存储,未被接受' },
    way: {
      en: 'send it again later: the disk is full or the database is away; /readyz shows it',
      zh: '稍后重新发送:磁盘已满或数据库不可用;见 /readyz',
    },
  },
  busy: {
    code: 'HUB_208',
    status: 503,
    title: { en: 'Too much at once', zh: '当前请求过多' },
    way: {
      en: 'wait as long as Retry-After says; more room: `server` in config/default.yaml',
      zh: '按 Retry-After 等待后再试;可在 config/default.yaml 的 `server` 中提高上限',
    },
  },
  refused: {
    code: 'HUB_301',
    status: 422,
    title: { en: 'This reply cannot leave', zh: '该回复无法发送' },
    way: {
      en: '`cause` says why; another conversation may be open',
      zh: '`cause` 说明了原因;可尝试其他会话',
    },
  },
  invalidForm: {
    code: 'HUB_302',
    status: 422,
    title: { en: 'The form has mistakes', zh: '表单有误' },
    way: { en: 'mend the fields that `problems` names', zh: '修改 `problems` 中列出的字段' },
  },
  unconfirmed: {
    code: 'HUB_303',
    status: 409,
    title: { en: 'An agent has to confirm this', zh: '需要客服确认' },
    way: {
      en: 'read `why`; name the `conversation`, or send it again with `confirm`',
      zh: '查看 `why`;指定 `conversation`,或带上 `confirm` 重新发送',
    },
  },
  internal: {
    code: 'HUB_901',
    status: 500,
    title: { en: 'The hub failed', zh: '系统内部错误' },
    way: { en: 'look at the log of the hub and report it', zh: '查看系统日志并报告' },
  },
  notReady: {
    code: 'HUB_902',
    status: 503,
    title: { en: 'The hub is not ready', zh: '系统尚未就绪' },
    way: { en: 'ask again in a moment', zh: '请稍后再试' },
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemName = keyof typeof PROBLEMS;

/** RFC 9457 problem details. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [extension: string]: unknown;
}

export function problemDetails(name: ProblemName, detail: string, status?: number): ProblemDetails {
  const kind = PROBLEMS[name];
  return {
    type: `/docs/errors#${kind.code.toLowerCase()}`,
    title: kind.title.en,
    status: status ?? kind.status,
    detail,
    code: kind.code,
  };
}
