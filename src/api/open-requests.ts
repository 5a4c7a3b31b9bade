import type { ServerResponse } from 'node:http';
import { answerProblem } from './problem.js';

/** Requests that stay open (event streams, the doors of chats): so many at once, and of one network address. */
export interface OpenRequests {
  /** True when it may go on, and then counts until its response closes; else it is answered here. */
  admit(network: string, response: ServerResponse): boolean;
}

const LATER = { headers: { 'retry-after': '5' } };

export function createOpenRequests(most: {
  readonly streams: number;
  readonly streamsPerAddress: number;
}): OpenRequests {
  const counts = new Map<string, number>();
  let all = 0;

  function leave(network: string): void {
    all -= 1;
    const left = (counts.get(network) ?? 1) - 1;
    if (left === 0) counts.delete(network);
    else counts.set(network, left);
  }

  return {
    admit(network, response) {
      // Nobody waits for an answer any more, and no close would give the place back.
      if (response.closed) return false;
      const own = counts.get(network) ?? 0;
      if (own >= most.streamsPerAddress) {
        const why = `this address has ${own} streams open: close one, or come back later`;
        answerProblem(response, 'tooMany', why, LATER);
        return false;
      }
      if (all >= most.streams) {
        answerProblem(response, 'busy', `${all} streams are open: come back later`, LATER);
        return false;
      }
      counts.set(network, own + 1);
      all += 1;
      response.once('close', () => leave(network));
      return true;
    },
  };
}
