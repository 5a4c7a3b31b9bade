import { Agent } from 'node:http';
import { createCarriage } from '../carriage.js';
import type { CarriageFault, Script, WireMessage } from '../faults.js';
import { pause } from '../pause.js';
import { exchange, type Attempt } from './exchange.js';

/** What became of one delivery, all copies and retries included. */
export interface DeliveryReport {
  /** In the order in which they ended; empty if the delivery was lost on the way. */
  readonly attempts: readonly Attempt[];
  /** The hub answered 2xx to at least one attempt: it is answerable for the message now. */
  readonly acknowledged: boolean;
}

/** How a platform repeats itself. */
export interface RetryPolicy {
  /** Pause before the second, third, … attempt, in milliseconds; its length is the number of retries. */
  readonly pausesMs: readonly number[];
  /** Whether the platform tries again after this. */
  readonly again: (attempt: Attempt) => boolean;
  /** Time for one attempt, in milliseconds. */
  readonly timeoutMs: number;
}

export interface CourierOptions<Delivery> {
  readonly script: Script<Delivery, CarriageFault>;
  readonly policy: RetryPolicy;
  /** Called after every attempt. */
  readonly observe: (delivery: Delivery, attempt: Attempt) => void;
}

/** Carries a platform's deliveries to the hub, faults and retries included. */
export interface Courier<Delivery> {
  /**
   * Delivers, and resolves when the platform would give up or is content. A delivery that a rule holds back
   * resolves only after later ones have gone out; `onHeld` tells that.
   */
  carry(delivery: Delivery, message: WireMessage, onHeld?: () => void): Promise<DeliveryReport>;
  /** Drops what is still held back and closes the idle connections. */
  close(): void;
}

/** A courier without anything under way. */
export function createCourier<Delivery>(options: CourierOptions<Delivery>): Courier<Delivery> {
  const carriage = createCarriage(options.script);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { policy } = options;

  async function attemptAll(delivery: Delivery, message: WireMessage): Promise<readonly Attempt[]> {
    const attempts: Attempt[] = [];
    for (const before of [0, ...policy.pausesMs]) {
      await pause(before, carriage.closing);
      if (carriage.closing.aborted) break;
      const line = { agent, timeoutMs: policy.timeoutMs, method: 'POST' } as const;
      const attempt = await exchange(message, line);
      attempts.push(attempt);
      options.observe(delivery, attempt);
      if (isAcknowledged(attempt) || !policy.again(attempt)) break;
    }
    return attempts;
  }

  return {
    async carry(delivery, message, onHeld) {
      const go = (wire: WireMessage): Promise<readonly Attempt[]> => attemptAll(delivery, wire);
      const attempts = await carriage.carry(delivery, message, go, onHeld);
      return { attempts, acknowledged: attempts.some(isAcknowledged) };
    },
    close() {
      carriage.close();
      agent.destroy();
    },
  };
}

function isAcknowledged(attempt: Attempt): boolean {
  return attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
}
