/** Bytes of bodies that are in memory at once, over all requests. */
export interface BodyBudget {
  /** For one body of this owner (a connection, or the API); `close` gives its bytes back. */
  open(owner: string): BodyRoom;
}

export interface BodyRoom {
  /** False: there is no room for so many more. */
  take(bytes: number): boolean;
  close(): void;
}

/**
 * `total` bytes for everybody. One owner gets half of them at most (or one largest body, if that is
 * more), so that a flood at one connection leaves room for the others.
 */
export function createBodyBudget(total: number, largest: number): BodyBudget {
  const share = Math.max(total / 2, largest);
  const held = new Map<string, number>();
  let all = 0;

  function add(owner: string, bytes: number): void {
    const now = (held.get(owner) ?? 0) + bytes;
    if (now === 0) held.delete(owner);
    else held.set(owner, now);
    all += bytes;
  }

  return {
    open(owner) {
      let taken = 0;
      return {
        take(bytes) {
          if (all + bytes > total || (held.get(owner) ?? 0) + bytes > share) return false;
          taken += bytes;
          add(owner, bytes);
          return true;
        },
        close() {
          add(owner, -taken);
          taken = 0;
        },
      };
    },
  };
}
