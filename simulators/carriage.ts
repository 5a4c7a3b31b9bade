import type { CarriageFault, Script, WireMessage } from './faults.js';
import { pause } from './pause.js';

/** The road from a platform to the hub, where deliveries get lost, doubled, late and changed. */
export interface Carriage<Delivery> {
  /** Aborted when the simulator closes: no new attempt should begin. */
  readonly closing: AbortSignal;
  /**
   * Sends one delivery on its way. `go` makes all attempts for one copy; the attempts of all copies come back,
   * none if the delivery was lost. A delivery that is held back resolves only after later ones have gone out;
   * `onHeld` tells that, to who must go on meanwhile.
   */
  carry<Attempt>(
    delivery: Delivery,
    message: WireMessage,
    go: (message: WireMessage) => Promise<readonly Attempt[]>,
    onHeld?: () => void,
  ): Promise<readonly Attempt[]>;
  /** Drops what is still held back. */
  close(): void;
}

interface Held {
  left: number;
  readonly release: (delivered: boolean) => void;
}

interface Plan {
  readonly copies: number;
  readonly message: WireMessage;
  readonly wasHeld: boolean;
}

/** A road with nothing on it. */
export function createCarriage<Delivery>(
  script: Script<Delivery, CarriageFault>,
): Carriage<Delivery> {
  const held = new Set<Held>();
  const closing = new AbortController();

  async function plan(
    faults: readonly CarriageFault[],
    message: WireMessage,
    onHeld: () => void,
  ): Promise<Plan> {
    let current: Plan = { copies: 1, message, wasHeld: false };
    for (const fault of faults) {
      if (fault.kind === 'holdBack') onHeld();
      current = await suffer(current, fault);
      if (current.copies === 0) break;
    }
    return current;
  }

  async function suffer(current: Plan, fault: CarriageFault): Promise<Plan> {
    switch (fault.kind) {
      case 'delay':
        await pause(fault.ms, closing.signal);
        return current;
      case 'duplicate':
        return { ...current, copies: fault.times };
      case 'tamper':
        return { ...current, message: fault.change(current.message) };
      case 'lose':
        return { ...current, copies: 0 };
      case 'holdBack': {
        const isDelivered = await hold(held, fault.behind);
        return { ...current, wasHeld: true, copies: isDelivered ? current.copies : 0 };
      }
    }
  }

  return {
    closing: closing.signal,
    async carry(delivery, message, go, onHeld = () => undefined) {
      const journey = await plan(script.take(delivery), message, onHeld);
      const copies = Array.from({ length: journey.copies }, () => go(journey.message));
      const attempts = (await Promise.all(copies)).flat();
      if (!journey.wasHeld) letPass(held);
      return attempts;
    },
    close() {
      closing.abort();
      for (const entry of held) entry.release(false);
      held.clear();
    },
  };
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
