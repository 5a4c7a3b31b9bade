import type { FindConnection } from '../intake/connected.js';

/** Rate per connection. Order per conversation is kept by what the database calls due. */
export interface Lanes {
  /** May this connection send now? */
  open(connection: string, now: number): boolean;
  /** One send has begun. */
  took(connection: string, now: number): void;
  /** The platform asked for a pause (milliseconds UTC). */
  pause(connection: string, until: number): void;
}

interface Lane {
  pausedUntil: number;
  sends: number[];
}

export function createLanes(find: FindConnection): Lanes {
  const lanes = new Map<string, Lane>();
  const laneOf = (connection: string): Lane => {
    const lane = lanes.get(connection) ?? { pausedUntil: 0, sends: [] };
    lanes.set(connection, lane);
    return lane;
  };
  return {
    open(connection, now) {
      const lane = laneOf(connection);
      if (lane.pausedUntil > now) return false;
      const rate = find(connection)?.connector.definition.policies.rate ?? null;
      if (rate === null) return true;
      lane.sends = lane.sends.filter((at) => at > now - rate.per);
      return lane.sends.length < rate.messages;
    },
    took(connection, now) {
      laneOf(connection).sends.push(now);
    },
    pause(connection, until) {
      const lane = laneOf(connection);
      lane.pausedUntil = Math.max(lane.pausedUntil, until);
    },
  };
}
