/**
 * What a reply on a conversation must carry: each draft's `replyContext` laid over those before it. The words
 * below are the core's; every other is the connector's own and nobody else's business.
 *
 * `opening`             counts with the first draft of a conversation alone, for words of the connector's own
 * `to`                  where answers go, when that is not the conversation's handle
 * `replyToUnconfirmed`  where the customer asks them to go, without proof that it was the customer who asked
 * `replyToConfirmed`    the address an agent agreed to; no draft can set it
 * `opens`               what this draft opens a reply window by, besides a customer's word: `follow`, `menuClick`
 * `openings`            when each of those was last seen, milliseconds UTC; no draft can set it
 */
export type ReplyContext = Readonly<Record<string, unknown>>;

/** A platform has a handful of triggers; more names than these are somebody's mistake, and not kept. */
const MOST_OPENINGS = 16;
const LONGEST_OPENING = 40;

/** When a draft was said, milliseconds UTC, and whether it is the customer's first on its conversation. */
export interface Saying {
  readonly at: number;
  readonly first: boolean;
}

export function layContext(
  before: ReplyContext,
  draft: ReplyContext,
  { at, first }: Saying,
): ReplyContext {
  const { opening, opens, openings: _claimedToo, replyToConfirmed: _claimed, ...brought } = draft;
  const below = layOpening(first ? { ...connectorsOwn(opening), ...before } : before, opens, at);
  if (brought['to'] === undefined) return { ...below, ...brought };
  // Whoever says anew where answers go no longer asks for what was asked before.
  const { replyToUnconfirmed: _withdrawn, ...kept } = below;
  return believed({ ...kept, ...brought });
}

/** Where answers go is said openly or not at all: under `opening` it would pass by what is looked at above. */
function connectorsOwn(opening: unknown): ReplyContext {
  if (typeof opening !== 'object') return {};
  const {
    to: _to,
    replyToUnconfirmed: _wished,
    replyToConfirmed: _claimed,
    openings: _claimedToo,
    ...own
  } = {
    ...opening,
  } as ReplyContext;
  return own;
}

/** What a draft that says nothing to anybody leaves behind on its conversation. */
export function layOpening(context: ReplyContext, opens: unknown, at: number): ReplyContext {
  if (typeof opens !== 'string' || opens === '' || opens.length > LONGEST_OPENING) return context;
  const known = new Map(Object.entries(openingsOf(context)));
  if (!known.has(opens) && known.size >= MOST_OPENINGS) return context;
  known.set(opens, Math.max(at, known.get(opens) ?? at));
  return { ...context, openings: Object.fromEntries(known) };
}

/** When each trigger, besides a customer's word, was last seen; milliseconds UTC. */
export function openingsOf({ openings }: ReplyContext): Readonly<Record<string, number>> {
  return typeof openings === 'object' && openings !== null
    ? (openings as Record<string, number>)
    : {};
}

/** What an agent agreed to holds for as long as the same address is asked for. */
function believed(context: ReplyContext): ReplyContext {
  const wished = unconfirmedReplyTo(context);
  return wished !== null && wished === context['replyToConfirmed']
    ? confirmReplyTo(context)
    : context;
}

/** The address that answers would go to if an agent agreed; null: nobody asks for another. */
export function unconfirmedReplyTo({ replyToUnconfirmed: wished }: ReplyContext): string | null {
  return typeof wished === 'string' && wished !== '' ? wished : null;
}

/** The address an agent agreed to and that answers go to now. */
export function confirmedReplyTo({ to, replyToConfirmed }: ReplyContext): string | null {
  return typeof to === 'string' && to === replyToConfirmed ? to : null;
}

/** Answers go where the customer asked for, from now on. */
export function confirmReplyTo({ replyToUnconfirmed, ...context }: ReplyContext): ReplyContext {
  return { ...context, to: replyToUnconfirmed, replyToConfirmed: replyToUnconfirmed };
}
