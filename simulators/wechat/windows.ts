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
  readonly size: number;
  readonly until: number;
  left: number;
}

/** What the account may still send to one customer. */
export interface ReplyRight {
  /** The customer did this at that time, in milliseconds. */
  grant(trigger: Trigger, at: number): void;
  /** Takes one message off, or names why there is none left. */
  spend(at: number): WechatErrorCode | null;
}

/** Nothing yet: the customer has not been seen. Allowances do not add up, the larger one takes the other's place. */
export function createReplyRight(product: Product): ReplyRight {
  let current: Grant | null = null;
  return {
    grant(trigger, at) {
      const allowance = ALLOWANCES[product][trigger];
      if (allowance === undefined) return;
      const { lastsMs, messages } = allowance;
      if (current !== null && current.until >= at && current.size > messages) return;
      current = { size: messages, until: at + lastsMs, left: messages };
    },
    spend(at) {
      if (current === null || current.until < at) return 45015;
      if (current.left === 0) return 45047;
      current.left -= 1;
      return null;
    },
  };
}
