import { Agent } from 'node:http';
import {
  createScript,
  type AnswerFault,
  type ArmedRule,
  type CarriageFault,
  type Json,
  type Rule,
} from '../faults.js';
import { createCourier } from '../http/courier.js';
import { exchange, type Attempt } from '../http/exchange.js';
import { startLoopback, type Ending, type HttpRequest } from '../http/loopback.js';
import { createLedger, type Ledger } from '../ledger.js';
import { openAccount, type Account, type WechatOptions } from './account.js';
import { answerApi } from './api.js';
import { customerOf, type Customer, type Desk } from './customers.js';
import type { WechatDelivery, WechatEntry } from './entries.js';
import { handshakeOf } from './push.js';

export interface WechatSimulator {
  /** Stands for `https://api.weixin.qq.com`. */
  readonly url: string;
  readonly port: number;
  readonly account: Account;
  readonly ledger: Ledger<WechatEntry>;
  /** Scripts the answers to the hub's API calls. */
  script(rule: Rule<HttpRequest, AnswerFault>): ArmedRule;
  /** Scripts what happens to pushes on their way to the hub. */
  scriptDeliveries(rule: Rule<WechatDelivery, CarriageFault>): ArmedRule;
  /** Saves the URL in the console, which tries it first: what the hub answered to the handshake. */
  setHook(url: string): Promise<Attempt>;
  customer(openid: string): Customer;
  /** Every access token ends at once. */
  killTokens(): void;
  /** Refuses every connection until `goOnline`. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** WeChat waits five seconds for an answer and tries three times in all. */
const READ_TIMEOUT_MS = 5_000;
const DEFAULT_PAUSES_MS = [5_000, 5_000];

/** Starts a WeChat with one account on a free port of 127.0.0.1. */
export async function startWechat(options: WechatOptions = {}): Promise<WechatSimulator> {
  const account = openAccount(options);
  const ledger = createLedger<WechatEntry>();
  const script = createScript<HttpRequest, AnswerFault>();
  const deliveries = createScript<WechatDelivery, CarriageFault>();
  const courier = createCourier<WechatDelivery>({
    script: deliveries,
    policy: {
      pausesMs: options.retryPausesMs ?? DEFAULT_PAUSES_MS,
      timeoutMs: READ_TIMEOUT_MS,
      again: () => true,
    },
    observe: (delivery, attempt) => ledger.record({ kind: 'attempt', delivery, attempt }),
  });
  const api = await startLoopback({
    script,
    handle: (request) =>
      answerApi(
        {
          account,
          taken: (message) => ledger.record({ kind: 'taken', message }),
          handedOut: (token) => ledger.record({ kind: 'token', ...token }),
          videoLink: (id) => `http://127.0.0.1:${api.port}/videos/${id}`,
        },
        request,
      ),
    observe: (request, ending) => ledger.record(requestEntry(request, ending)),
  });
  const route = options.route ?? ((url: string) => url);
  const desk: Desk = { account, courier, ledger, route, hookUrl: options.hookUrl ?? null };
  return {
    url: api.url,
    port: api.port,
    account,
    ledger,
    script: (rule) => script.add(rule),
    scriptDeliveries: (rule) => deliveries.add(rule),
    setHook(url) {
      desk.hookUrl = url;
      return tryHook(account, route(url));
    },
    customer: (openid) => customerOf(desk, openid),
    killTokens: () => account.accessTokens.clear(),
    goOffline: () => api.goOffline(),
    goOnline: () => api.goOnline(),
    async close() {
      courier.close();
      await api.close();
    },
  };
}

function tryHook(account: Account, url: string): Promise<Attempt> {
  const agent = new Agent();
  const wire = handshakeOf(account, url, '6473211047593284913');
  return exchange(wire, { agent, timeoutMs: READ_TIMEOUT_MS, method: 'GET' });
}

function requestEntry({ method, path, headers, body }: HttpRequest, ending: Ending): WechatEntry {
  const isJson = (headers['content-type'] ?? '').startsWith('application/json');
  return { kind: 'request', method, path, body: isJson ? readable(body) : '', ending };
}

/** Secrets do not stand in the books. */
function readable(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8'), (name, value: unknown) =>
      name === 'secret' ? '…' : value,
    ) as Json;
  } catch {
    return '';
  }
}
