import type { DraftInput } from '../src/model/draft.js';
import type { Identity } from '../src/model/identity.js';

/** A name that is an account of the shop, as its own system proves it. */
export const accountOf = (name: string): Identity => ({
  ...{ kind: 'customerId', value: name, scope: 'shop', proof: 'proven' },
});

/** Somebody with an account of their own speaks on a conversation. */
export const says = (name: string, text: string, conversation = `thread of ${name}`) =>
  ({
    conversation,
    text,
    sender: { handle: name, name, identities: [accountOf(name)] },
  }) satisfies Partial<DraftInput>;
