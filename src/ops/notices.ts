import type { Clock } from '../model/time.js';
import { MINUTE } from '../model/time.js';

type Ids = Readonly<Record<string, string | number>>;

/** Says what may happen thousands of times a second: one line a minute for each sentence and connection. */
export type Notice = (sentence: string, connection: string, ids?: Ids) => void;

interface Said {
  readonly at: number;
  withheld: number;
}

/** The next line of the same kind says how many were not said. Only for connections that exist. */
export function createNotices(
  log: { info(sentence: string, fields: Ids): void },
  clock: Clock,
): Notice {
  const said = new Map<string, Said>();
  return (sentence, connection, ids = {}) => {
    const key = `${connection} ${sentence}`;
    const before = said.get(key);
    const now = clock.now();
    if (before !== undefined && now - before.at < MINUTE) {
      before.withheld += 1;
      return;
    }
    said.set(key, { at: now, withheld: 0 });
    const more = before === undefined || before.withheld === 0 ? {} : { before: before.withheld };
    log.info(sentence, { connection, ...ids, ...more });
  };
}
