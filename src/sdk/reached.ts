import type { HttpResult } from './http.js';
import type { Finding } from './treaty.js';

type Cause = Extract<Finding['cause'], 'dns' | 'tls' | 'network' | 'allowList'>;

/** Why no answer came, in the words of a connection test: the wire's own words are English only. */
export function causeOfSilence(result: Exclude<HttpResult, { kind: 'answer' }>): {
  readonly cause: Cause;
  readonly zh: string;
} {
  const cause = causeOf(result);
  return { cause, zh: CHINESE[cause] };
}

function causeOf(result: Exclude<HttpResult, { kind: 'answer' }>): Cause {
  if (result.kind === 'unanswered') return 'network';
  return result.cause === 'forbidden' ? 'allowList' : result.cause;
}

const CHINESE: Readonly<Record<Cause, string>> = {
  dns: '找不到主机名',
  tls: '加密连接失败',
  network: '网络不通或没有应答',
  allowList: '该地址属于内部网络，未获准访问（network.allowPrivate）',
};
