/**
 * Called by: compose, and send just before the first byte leaves.
 * Given: the connection's policies as data, and when the customer last spoke.
 * Leaves behind: null when the platform will take the parts, else why not. No platform is named here.
 */
import type { Speaker } from '../desk/several-persons.js';
import type { Connected } from '../intake/connected.js';
import type { RefusalCause } from '../model/outcome.js';
import type { Localised } from '../model/localised.js';
import type { ReplyWindow } from '../sdk/definition.js';

export interface Refusal {
  readonly cause:
    | RefusalCause
    | 'windowClosed'
    | 'unknownTicket'
    | 'unknownConversation'
    | 'unreachable'
    | 'severalPersons'
    | 'nothingToConfirm';
  readonly why: Localised;
  /** With `severalPersons`: who they are, and on which conversations. */
  readonly persons?: readonly Speaker[];
}

export interface Situation {
  readonly now: number;
  /** Effective time of the customer's last word here; null: never. */
  readonly lastInAt: number | null;
  readonly parts: number;
}

/** Until when the conversation can be answered; null: at any time. */
export function windowCloses(
  connected: Pick<Connected, 'connector'>,
  lastInAt: number | null,
): number | null {
  const windows = afterWords(connected).filter(({ lasts }) => lasts !== null);
  if (windows.length === 0) return null;
  return Math.max(...windows.map(({ lasts }) => (lastInAt ?? 0) + (lasts ?? 0)));
}

/** The windows a message opens; what a click or a payment would allow counts only after one. */
function afterWords({ connector }: Pick<Connected, 'connector'>): readonly ReplyWindow[] {
  return connector.definition.policies.replyWindows.filter(
    ({ opensOn }) => opensOn === 'customerMessage',
  );
}

export function admit(connected: Connected, { now, lastInAt, parts }: Situation): Refusal | null {
  const closes = windowCloses(connected, lastInAt);
  if (closes !== null && closes < now) {
    return {
      cause: 'windowClosed',
      why: {
        en: `the platform's reply window closed at ${new Date(closes).toISOString()}`,
        zh: `平台的回复窗口已于 ${new Date(closes).toISOString()} 关闭`,
      },
    };
  }
  const counts = afterWords(connected).map(({ messages }) => messages ?? Infinity);
  const most = counts.length === 0 ? Infinity : Math.max(...counts);
  if (parts > most) {
    return {
      cause: 'content',
      why: {
        en: `the text needs ${parts} messages, the platform allows ${most}`,
        zh: `该回复需要 ${parts} 条消息,平台最多允许 ${most} 条`,
      },
    };
  }
  return null;
}
