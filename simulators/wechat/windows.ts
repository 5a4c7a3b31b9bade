import type { WechatErrorCode } from './errors.js';

/** What a customer does that lets the account write. */
export type Trigger = 'message' | 'menuClick' | 'follow' | 'scan' | 'payment' | 'enter';

/** Which of WeChat's products the account is. */
export type Product = 'officialAccount' | 'miniProgram';

interface Allowance {
  readonly lastsMs: number;
  readonly messages: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How many customer-service messages follow what, and for how long (developers.weixin.qq.com, 客服消息). */
const ALLOWANCES: Readonly<Record<Product, Partial<Record<Trigger, Allowance>>>> = {
  officialAccount: {
    message: { lastsMs: 48 * HOUR_MS, messages: 5 },
    menuClick: { lastsMs: MINUTE_MS, messages: 3 },
    follow: { lastsMs: MINUTE_MS, messages: 3 },
    scan: { lastsMs: MINUTE_MS, messages: 3 },
    payment: { lastsMs: 48 * HOUR_MS, messages: Infinity },
  },
  miniProgram: {
    message: { lastsMs: 48 * HOUR_MS, messages: 5 },
    enter: { lastsMs: MINUTE_MS, messages: 2 },
  },
};

interface Grant {
  readonly at: number;
  readonly until: number;
  readonly size: number;
  used: number;
}

/** What the account may still send to one customer. */
export interface ReplyRight {
  /** The customer did this at that time, in milliseconds. */
  grant(trigger: Trigger, at: number): void;
  /** Takes one message off, or names why there is none left. */
  spend(at: number): WechatErrorCode | null;
}

/** Nothing yet: the customer has not been seen. Allowances do not add up: of those that hold, the largest counts. */
export function createReplyRight(product: Product): ReplyRight {
  const grants = new Map<Trigger, Grant>();
  return {
    grant(trigger, at) {
      const allowance = ALLOWANCES[product][trigger];
      if (allowance === undefined) return;
      const { lastsMs, messages } = allowance;
      grants.set(trigger, { at, until: at + lastsMs, size: messages, used: 0 });
    },
    spend(at) {
      const holding = [...grants.values()].filter(({ until }) => until >= at);
      const [largest] = holding.sort((one, other) => other.size - one.size || other.at - one.at);
      if (largest === undefined) return 45015;
      if (largest.used === largest.size) return 45047;
      for (const grant of holding) grant.used += 1;
      return null;
    },
  };
}
