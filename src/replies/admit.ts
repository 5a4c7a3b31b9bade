/**
 * Called by: compose, and send just before the first byte leaves.
 * Given: the connection's policies as data, what opened its windows, and what was sent since.
 * Leaves behind: null when the platform will take the parts, else why not. No platform is named here.
 */
import { CUSTOMER_MESSAGE, countsSince, windowState, type WindowState } from './reply-window.js';
import type { Speaker } from '../desk/several-persons.js';
import type { Connected } from '../intake/connected.js';
import type { RefusalCause } from '../model/outcome.js';
import type { Localised } from '../model/localised.js';
import { openingsOf } from '../model/reply-context.js';
import type { ReplyWindow } from '../sdk/definition.js';
import { contextOf, type ConversationRow } from '../store/conversations.js';
import { spentOn } from '../store/delivery-parts.js';
import type { Work } from '../store/work.js';

export interface Refusal {
  readonly cause:
    | RefusalCause
    | 'windowClosed'
    | 'quotaUsed'
    | 'reserved'
    | 'unknownTicket'
    | 'unknownConversation'
    | 'unreachable'
    | 'severalPersons'
    | 'nothingToConfirm';
  readonly why: Localised;
  /** With `severalPersons`: who they are, and on which conversations. */
  readonly persons?: readonly Speaker[];
}

/** What is to be sent. */
export interface Asked {
  readonly now: number;
  readonly parts: number;
  /** Messages of a counted window that only a final answer may take. */
  readonly reserved: number;
}

/** A conversation as far as windows go; it may not be stored yet. */
export type Windowed = Pick<ConversationRow, 'context' | 'last_in_at'> & { readonly id?: number };

const windowsOf = ({ connector }: Pick<Connected, 'connector'>): readonly ReplyWindow[] =>
  connector.definition.policies.replyWindows;

/** When each trigger was last seen, the customer's own words among them. */
export function openedOn(conversation: Windowed): Readonly<Record<string, number>> {
  const opened = openingsOf(contextOf(conversation));
  const { last_in_at: at } = conversation;
  return at === null ? opened : { ...opened, [CUSTOMER_MESSAGE]: at };
}

/**
 * What the platform still takes on a conversation. `leaving`: a part that is about to leave; it is not
 * counted against itself, nor are those that wait behind it.
 */
export function* windowOf(
  connected: Pick<Connected, 'connector'>,
  conversation: Windowed,
  { now, leaving = null }: { readonly now: number; readonly leaving?: number | null },
): Work<WindowState> {
  const windows = windowsOf(connected);
  const opened = openedOn(conversation);
  const since = countsSince(windows, opened, now);
  const { id } = conversation;
  const known = since === null || id === undefined ? [] : [[id, since] as const];
  const parts = id === undefined ? [] : ((yield* spentOn(new Map(known))).get(id) ?? []);
  const counted =
    leaving === null ? parts : parts.filter((one) => one.id !== leaving && one.at !== null);
  return windowState(windows, { opened, spent: counted.map(({ at }) => at) }, now);
}

/** Null: the platform takes all of it now. */
export function admit(state: WindowState, asked: Asked): Refusal | null {
  const { open, closesAt, messagesLeft } = state;
  const isUsedUp = messagesLeft === 0 && (closesAt === null || asked.now <= closesAt);
  if (!open && !isUsedUp) return windowClosed(closesAt);
  return messagesLeft === null ? null : counted({ ...state, messagesLeft }, asked);
}

function counted(
  state: WindowState & { readonly messagesLeft: number },
  { parts, reserved }: Asked,
): Refusal | null {
  const { messagesLeft: left, most } = state;
  if (most !== null && parts > most) return tooLong(parts, most);
  if (parts > left) return quotaUsed(state, parts);
  // One at least is always there for whoever answers first.
  const kept = Math.min(reserved, (most ?? Infinity) - 1, left);
  return parts > left - kept ? keptForTheLast(left, kept) : null;
}

function windowClosed(closesAt: number | null): Refusal {
  if (closesAt === null) {
    return {
      cause: 'windowClosed',
      why: {
        en: 'the platform takes answers only after the customer has written, and they have not yet',
        zh: '平台仅允许在客户发来消息后回复,该客户尚未发过消息',
      },
    };
  }
  const at = new Date(closesAt).toISOString();
  return {
    cause: 'windowClosed',
    why: {
      en: `the platform's reply window closed at ${at}; it opens again when the customer writes`,
      zh: `平台的回复窗口已于 ${at} 关闭;客户再次发来消息后重新打开`,
    },
  };
}

function quotaUsed({ messagesLeft, closesAt }: WindowState, parts: number): Refusal {
  const left = messagesLeft ?? 0;
  const until = closesAt === null ? null : new Date(closesAt).toISOString();
  return {
    cause: 'quotaUsed',
    why: {
      en: `the reply needs ${parts} ${parts === 1 ? 'message' : 'messages'}, and the platform takes ${left} more${until === null ? '' : ` until ${until}`}; the count begins anew when the customer writes`,
      zh: `该回复需要 ${parts} 条消息,${until === null ? '' : `在 ${until} 之前`}平台仅允许再发 ${left} 条;客户再次发来消息后重新计数`,
    },
  };
}

function tooLong(parts: number, most: number): Refusal {
  return {
    cause: 'content',
    why: {
      en: `the text needs ${parts} messages, the platform allows ${most}`,
      zh: `该回复需要 ${parts} 条消息,平台最多允许 ${most} 条`,
    },
  };
}

function keptForTheLast(left: number, reserved: number): Refusal {
  return {
    cause: 'reserved',
    why: {
      en: `the platform takes ${left} more, of which ${reserved} ${reserved === 1 ? 'is' : 'are'} kept for the final answer: say that this is it (\`final\`), or wait until the customer writes`,
      zh: `平台仅允许再发 ${left} 条,其中 ${reserved} 条保留给最终答复:如本条即最终答复请标明(\`final\`),或等客户再次发来消息`,
    },
  };
}
