import { SECOND } from '../../src/sdk/index.js';
import type { SmtpSession } from './smtp.js';

/** A logged-in dialogue is kept this long for the next mail; servers hang up after one to five minutes. */
const KEPT = 20 * SECOND;
/** Servers end a dialogue after some hundred mails; we do it first. */
const MAILS = 100;

/** A dialogue lent for one mail. */
export interface Lent {
  readonly session: SmtpSession;
  /** True: it has waited, and the server may have hung up meanwhile. */
  readonly reused: boolean;
  readonly mails: number;
  /** Which account opened it: one opened with an old password is not lent again. */
  readonly mark: string;
}

export interface Sessions<Trouble> {
  /** `fresh`: never one that has waited. */
  take(mark: string, fresh: boolean): Promise<Lent | Trouble>;
  giveBack(lent: Lent): void;
  /** Ends all of them, those at work too. */
  close(): void;
}

interface Idle extends Lent {
  readonly timer: NodeJS.Timeout;
}

/** Dialogues that outlive one mail: logging in costs more than sending. */
export function createSessions<Trouble>(
  open: () => Promise<SmtpSession | Trouble>,
  whenClosed: Trouble,
): Sessions<Trouble> {
  const idle: Idle[] = [];
  const busy = new Set<SmtpSession>();
  let closed = false;
  const isClosed = (): boolean => closed;
  const drop = (kept: Idle): void => {
    clearTimeout(kept.timer);
    const place = idle.indexOf(kept);
    if (place >= 0) idle.splice(place, 1);
    kept.session.close();
  };
  const fromIdle = (mark: string): Lent | null => {
    for (let kept = idle.at(-1); kept !== undefined; kept = idle.at(-1)) {
      if (kept.session.usable() && kept.mark === mark) {
        clearTimeout(kept.timer);
        idle.pop();
        return { session: kept.session, reused: true, mails: kept.mails, mark };
      }
      drop(kept);
    }
    return null;
  };
  return {
    take: async (mark, fresh) => {
      if (isClosed()) return whenClosed;
      const kept = fresh ? null : fromIdle(mark);
      const opened = kept?.session ?? (await open());
      if (!isSession(opened)) return opened;
      // Closed while it was being opened: the mail finds it dead, before its first byte.
      if (isClosed()) opened.close();
      else busy.add(opened);
      return kept ?? { session: opened, reused: false, mails: 0, mark };
    },
    giveBack: (lent) => {
      busy.delete(lent.session);
      if (closed || !lent.session.usable() || lent.mails + 1 >= MAILS) lent.session.close();
      else {
        const timer = setTimeout(() => drop(kept), KEPT);
        timer.unref();
        const kept: Idle = { ...lent, mails: lent.mails + 1, timer };
        idle.push(kept);
      }
    },
    close: () => {
      closed = true;
      for (const kept of [...idle]) drop(kept);
      for (const session of busy) session.close();
      busy.clear();
    },
  };
}

function isSession(opened: unknown): opened is SmtpSession {
  return typeof opened === 'object' && opened !== null && 'deliver' in opened;
}
