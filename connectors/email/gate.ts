/** Null: nobody waited for its turn any more, and nothing was begun. */
export type Gate = <T>(work: () => Promise<T>, waited?: AbortSignal) => Promise<T | null>;

/** Lets so many run at a time, the others in the order they came. */
export function gate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;

  /** False when nobody waits any more before there is a place. */
  function place(waited: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1);
        resolve(false);
      };
      const enter = (): void => {
        waited?.removeEventListener('abort', leave);
        resolve(true);
      };
      waiting.push(enter);
      waited?.addEventListener('abort', leave, { once: true });
    });
  }

  return async (work, waited) => {
    if (waited?.aborted === true) return null;
    if (free > 0) free -= 1;
    else if (!(await place(waited))) return null;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
