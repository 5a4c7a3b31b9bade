/**
 * What a reply on a conversation must carry: each draft's `replyContext` laid over those before it. The words
 * below are the core's; every other is the connector's own and nobody else's business.
 *
 * `opening`             counts with the first draft of a conversation alone
 * `to`                  where answers go, when that is not the conversation's handle
 * `replyToUnconfirmed`  where the customer asks them to go, without proof that it was the customer who asked
 * `replyToConfirmed`    the address an agent agreed to; no draft can set it
 */
export type ReplyContext = Readonly<Record<string, unknown>>;

/** `before`: null for the first draft of a conversation. */
export function layContext(before: ReplyContext | null, draft: ReplyContext): ReplyContext {
  const { opening, replyToConfirmed: _claimed, ...brought } = draft;
  const below = before ?? (typeof opening === 'object' ? { ...opening } : {});
  if (brought['to'] === undefined) return { ...below, ...brought };
  // Whoever says anew where answers go no longer asks for what was asked before.
  const { replyToUnconfirmed: _withdrawn, ...kept } = below;
  return believed({ ...kept, ...brought });
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
