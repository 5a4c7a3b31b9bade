import { Agent } from 'node:http';
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
   * resolves only after later ones have gone out.
   */
  carry(delivery: Delivery, message: WireMessage): Promise<DeliveryReport>;
  /** Drops what is still held back and closes the idle connections. */
  close(): void;
}

interface Held {
  left: number;
  readonly release: (delivered: boolean) => void;
}

/** A courier without anything under way. */
export function createCourier<Delivery>(options: CourierOptions<Delivery>): Courier<Delivery> {
  const closing = new AbortController();
  const road: Road = {
    agent: new Agent({ keepAlive: true, maxSockets: 64 }),
    held: new Set<Held>(),
    closing: closing.signal,
  };

  async function carry(delivery: Delivery, message: WireMessage): Promise<DeliveryReport> {
    const plan = await prepare(options.script.take(delivery), message, road);
    const observe = (attempt: Attempt): void => options.observe(delivery, attempt);
    const copies = Array.from({ length: plan.copies }, () =>
      attemptAll(plan.message, road, { policy: options.policy, observe }),
    );
    const attempts = (await Promise.all(copies)).flat();
    if (!plan.wasHeld) letPass(road.held);
    return { attempts, acknowledged: attempts.some(isAcknowledged) };
  }

  return {
    carry,
    close() {
      closing.abort();
      for (const entry of [...road.held]) entry.release(false);
      road.held.clear();
      road.agent.destroy();
    },
  };
}

interface Road {
  readonly agent: Agent;
  readonly held: Set<Held>;
  readonly closing: AbortSignal;
}

interface Plan {
  readonly copies: number;
  readonly message: WireMessage;
  readonly wasHeld: boolean;
}

async function prepare(
  faults: readonly CarriageFault[],
  original: WireMessage,
  road: Road,
): Promise<Plan> {
  let plan: Plan = { copies: 1, message: original, wasHeld: false };
  for (const fault of faults) {
    if (fault.kind === 'delay') await pause(fault.ms, road.closing);
    if (fault.kind === 'duplicate') plan = { ...plan, copies: fault.times };
    if (fault.kind === 'tamper') plan = { ...plan, message: fault.change(plan.message) };
    if (fault.kind === 'lose') return { ...plan, copies: 0 };
    if (fault.kind === 'holdBack') {
      const delivered = await hold(road.held, fault.behind);
      plan = { ...plan, wasHeld: true, copies: delivered ? plan.copies : 0 };
    }
  }
  return plan;
}

function hold(held: Set<Held>, behind: number): Promise<boolean> {
  return new Promise((release) => void held.add({ left: behind, release }));
}

function letPass(held: Set<Held>): void {
  for (const entry of [...held]) {
    entry.left -= 1;
    if (entry.left > 0) continue;
    held.delete(entry);
    entry.release(true);
  }
}

async function attemptAll(
  message: WireMessage,
  road: Road,
  { policy, observe }: { policy: RetryPolicy; observe: (attempt: Attempt) => void },
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const before of [0, ...policy.pausesMs]) {
    await pause(before, road.closing);
    if (road.closing.aborted) break;
    const line = { agent: road.agent, timeoutMs: policy.timeoutMs, method: 'POST' } as const;
    const attempt = await exchange(message, line);
    attempts.push(attempt);
    observe(attempt);
    if (isAcknowledged(attempt) || !policy.again(attempt)) break;
  }
  return attempts;
}

function isAcknowledged(attempt: Attempt): boolean {
  return attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
}
