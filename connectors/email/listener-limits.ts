import type { SMTPServerSession } from 'smtp-server';
import { MINUTE } from '../../src/sdk/index.js';

/** Bounds of the listener that no admin needs to move. */
export const LISTENER_LIMITS = {
  connections: 200,
  connectionsPerAddress: 50,
  recipients: 100,
  /** Bytes of mails under way that are held in memory at one time, over all connections. */
  underWay: 256 * 1024 * 1024,
  /** A mail that goes on past its limit is read and dropped this far, then the line is cut. */
  patienceBytes: 64 * 1024 * 1024,
  /** Milliseconds one mail may take, however steadily it drips. */
  mailTime: 10 * MINUTE,
  idle: MINUTE,
  grace: 500,
} as const;

/** An error that smtp-server answers with this code and the enhanced code that belongs to it. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

export interface CallerLimit {
  enter(session: SMTPServerSession): Error | null;
  leave(session: SMTPServerSession): void;
}

/** How many connections each address holds. */
export function callerLimit(): CallerLimit {
  const counts = new Map<string, number>();
  const inside = new Map<string, string>();
  return {
    enter: ({ id, remoteAddress }) => {
      const count = (counts.get(remoteAddress) ?? 0) + 1;
      if (count > LISTENER_LIMITS.connectionsPerAddress) {
        return refusal(421, 'too many connections from your address');
      }
      counts.set(remoteAddress, count);
      inside.set(id, remoteAddress);
      return null;
    },
    leave: ({ id }) => {
      const address = inside.get(id);
      if (address === undefined) return;
      inside.delete(id);
      const count = (counts.get(address) ?? 1) - 1;
      if (count > 0) counts.set(address, count);
      else counts.delete(address);
    },
  };
}
