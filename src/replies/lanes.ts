import type { FindConnection } from '../intake/connected.js';

/** Rate per connection. Order per conversation is kept by what the database calls due. */
export interface Lanes {
  /** When this connection may send next (milliseconds UTC); `now` or earlier: at once. */
  opensAt(connection: string, now: number): number;
  /** One send begins: it counts against the rate. */
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
  const rateOf = (connection: string) =>
    find(connection)?.connector.definition.policies.rate ?? null;
  return {
    opensAt(connection, now) {
      const lane = laneOf(connection);
      const rate = rateOf(connection);
      if (rate === null) return lane.pausedUntil;
      lane.sends = lane.sends.filter((at) => at > now - rate.per);
      // The send that has to be over a period ago before another one may begin.
      const gate = lane.sends.at(-rate.messages);
      return Math.max(lane.pausedUntil, gate === undefined ? 0 : gate + rate.per);
    },
    took(connection, now) {
      if (rateOf(connection) !== null) laneOf(connection).sends.push(now);
    },
    pause(connection, until) {
      const lane = laneOf(connection);
      lane.pausedUntil = Math.max(lane.pausedUntil, until);
    },
  };
}
