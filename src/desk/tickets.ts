import { judge, mergeTickets, recordEvent, rootOf } from './graph.js';
import type { Evidence } from '../model/evidence.js';
import type { Localised } from '../model/localised.js';
import type { TicketChange } from '../model/ticket-state.js';
import { attachToMessage, insertMessage } from '../store/messages.js';
import { tellAgain } from '../store/tellings.js';
import type { TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** What people do at the desk. Everything done to a member is done to its root. */

export interface Act {
  readonly who: string;
  /** Milliseconds UTC. */
  readonly at: number;
}

export type Done =
  { readonly kind: 'done'; readonly root: number } | { readonly kind: 'unknown' } | Conflict;

export interface Conflict {
  readonly kind: 'conflict';
  readonly why: Localised;
}

const UNKNOWN: Done = { kind: 'unknown' };

/** Sets what an agent may set. Closed never reopens: a new complaint opens a new ticket. */
export function* changeTicket(number: number, change: TicketChange, { who, at }: Act): Work<Done> {
  const root = yield* rootOf(number);
  if (root === undefined) return UNKNOWN;
  const reopens = change.status !== undefined && change.status !== 'closed';
  if (root.status === 'closed' && reopens) {
    return conflict(
      'a closed ticket never reopens; log what is new as a ticket of its own',
      '已关闭的工单不能重新打开,请将新内容登记为新工单',
    );
  }
  yield* recordEvent(root, { type: 'changed', data: change }, at, who);
  return { kind: 'done', root: root.id };
}

export interface NewNote {
  readonly text: string;
  readonly attachments: readonly number[];
}

/** A note stays inside: no customer and no platform ever sees it. Its message; null: no such ticket. */
export function* noteTicket(
  number: number,
  { text, attachments }: NewNote,
  { who, at }: Act,
): Work<number | null> {
  const root = yield* rootOf(number);
  if (root === undefined) return null;
  const message = yield* insertMessage({
    ticket_id: root.id,
    conversation_id: root.conversation_id,
    draft_id: null,
    direction: 'note',
    kind: 'note',
    at,
    corrected: 0,
    received_at: at,
    author: who,
    author_name: null,
    subject: null,
    text,
    html: null,
    visibility: 'private',
  });
  for (const attachment of attachments) yield* attachToMessage(attachment, message);
  yield* recordEvent(root, { type: 'noted', data: { message } }, at, who);
  return message;
}

/** Spam leaves every list and is merged with nothing; the words are kept, and compared once it is none. */
export function* markSpam(number: number, spam: boolean, { who, at }: Act): Work<Done> {
  const root = yield* rootOf(number);
  if (root === undefined) return UNKNOWN;
  yield* recordEvent(root, { type: 'spam', data: { spam } }, at, who);
  if (!spam) yield* tellAgain(root.id);
  return { kind: 'done', root: root.id };
}

/**
 * An agent says that two tickets tell one complaint. They are merged as they were named: when one of
 * them is a member, the other goes with it if it is taken out later.
 */
export function* mergeByHand(one: number, other: number, act: Act): Work<Done> {
  const [a, b] = [yield* rootOf(one), yield* rootOf(other)];
  if (a === undefined || b === undefined) return UNKNOWN;
  const refusal = whyNotMerge(a, b);
  if (refusal !== null) return refusal;
  const root = yield* mergeTickets(one, other, decided(act, 'same'));
  return root === undefined ? UNKNOWN : { kind: 'done', root };
}

/** Brands are apart, and spam is merged with nothing: its mark would hide the complaint. */
export function whyNotMerge(one: TicketRow, other: TicketRow): Conflict | null {
  if (one.group_id !== other.group_id) {
    return conflict(
      'the two tickets belong to different groups, which are never merged',
      '两张工单属于不同的组,不能合并',
    );
  }
  const [spam, complaint] = isSpam(one) ? [one, other] : [other, one];
  if (isSpam(spam) && !isSpam(complaint)) {
    return conflict(
      `ticket ${spam.id} is spam: say first that it is not`,
      `工单 ${spam.id} 已标记为垃圾信息:请先取消该标记`,
    );
  }
  return null;
}

const isSpam = ({ spam }: TicketRow): boolean => spam === 1;

/** An agent says that two tickets are not the same, so that no rule merges or suggests them again. */
export function* tellApart(one: number, other: number, act: Act): Work<Done> {
  const [a, b] = [yield* rootOf(one), yield* rootOf(other)];
  if (a === undefined || b === undefined) return UNKNOWN;
  if (a.id === b.id) {
    return conflict(
      `both are part of ticket ${a.id} now: take one out with unmerge`,
      `两者现在都属于工单 ${a.id}:请先取消合并`,
    );
  }
  yield* judge(one, other, 'different', decided(act, 'different'));
  return { kind: 'done', root: a.id };
}

/** The evidence of what a person decided is that they decided it. */
export function decided({ who, at }: Act, decision: 'same' | 'different') {
  const sentence: Localised =
    decision === 'same'
      ? { en: `${who} found them to be one complaint`, zh: `${who} 判定为同一投诉` }
      : { en: `${who} found them to be different complaints`, zh: `${who} 判定为不同投诉` };
  const evidence: readonly Evidence[] = [{ kind: 'agent', sentence, weight: null }];
  return { author: who, at, evidence };
}

function conflict(en: string, zh: string): Conflict {
  return { kind: 'conflict', why: { en, zh } };
}
