import type { Localised } from './localised.js';

/** One entry of the catalogue of errors: what docs/errors.md explains and every answer names. */
export interface ProblemKind {
  /** Never reused for another meaning. */
  readonly code: string;
  readonly status: number;
  readonly title: Localised;
}

/** Every error the HTTP surface gives. */
export const PROBLEMS = {
  badRequest: {
    code: 'HUB_101',
    status: 400,
    title: { en: 'The request is not as this route needs it', zh: '请求内容不符合要求' },
  },
  unauthenticated: {
    code: 'HUB_102',
    status: 401,
    title: { en: 'No valid token', zh: '缺少有效令牌' },
  },
  forbidden: {
    code: 'HUB_103',
    status: 403,
    title: { en: 'This token may not do that', zh: '该令牌没有此权限' },
  },
  notFound: {
    code: 'HUB_104',
    status: 404,
    title: { en: 'There is no such thing', zh: '找不到对应内容' },
  },
  methodNotAllowed: {
    code: 'HUB_105',
    status: 405,
    title: { en: 'Not with this method', zh: '不支持该请求方法' },
  },
  conflict: {
    code: 'HUB_106',
    status: 409,
    title: { en: 'It is not in a state for that', zh: '当前状态不允许此操作' },
  },
  wrongType: {
    code: 'HUB_107',
    status: 415,
    title: { en: 'This route takes JSON', zh: '该接口只接受 JSON' },
  },
  keyReused: {
    code: 'HUB_108',
    status: 422,
    title: {
      en: 'This Idempotency-Key was used for another request',
      zh: '该 Idempotency-Key 已用于其他请求',
    },
  },
  tooMany: { code: 'HUB_109', status: 429, title: { en: 'Too many requests', zh: '请求过于频繁' } },
  unknownConnection: {
    code: 'HUB_201',
    status: 404,
    title: { en: 'There is no such connection', zh: '没有这个连接' },
  },
  notGenuine: {
    code: 'HUB_202',
    status: 401,
    title: { en: 'The delivery is not proven genuine', zh: '无法证明该推送的真实性' },
  },
  tooLarge: {
    code: 'HUB_203',
    status: 413,
    title: { en: 'The body is too large', zh: '请求体过大' },
  },
  tooSlow: {
    code: 'HUB_204',
    status: 408,
    title: { en: 'The body came too slowly', zh: '请求体传输过慢' },
  },
  cutOff: {
    code: 'HUB_205',
    status: 400,
    title: { en: 'The body was cut off', zh: '请求体不完整' },
  },
  encoded: {
    code: 'HUB_206',
    status: 415,
    title: { en: 'Compressed bodies are not taken', zh: '不接受压缩的请求体' },
  },
  notStored: {
    code: 'HUB_207',
    status: 503,
    title: { en: 'It could not be stored and was not accepted', zh: '无法存储,未被接受' },
  },
  refused: {
    code: 'HUB_301',
    status: 422,
    title: { en: 'This reply cannot leave', zh: '该回复无法发送' },
  },
  invalidForm: {
    code: 'HUB_302',
    status: 422,
    title: { en: 'The form has mistakes', zh: '表单有误' },
  },
  internal: { code: 'HUB_901', status: 500, title: { en: 'The hub failed', zh: '系统内部错误' } },
  notReady: {
    code: 'HUB_902',
    status: 503,
    title: { en: 'The hub is not ready', zh: '系统尚未就绪' },
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
