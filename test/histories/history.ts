import fc from 'fast-check';
import type { Identity } from '../../src/model/identity.js';
import type { TicketChange } from '../../src/model/ticket-state.js';

/**
 * What customers and agents do. Numbers pick from what is there when it is done: the third ticket of
 * five, going round.
 */
export type Act =
  | {
      readonly do: 'says';
      readonly conversation: number;
      readonly identities: readonly Identity[];
      readonly fields: Readonly<Record<string, string>>;
    }
  | { readonly do: 'reply'; readonly conversation: number }
  | { readonly do: 'note'; readonly ticket: number }
  | { readonly do: 'change'; readonly ticket: number; readonly change: TicketChange }
  | { readonly do: 'merge' | 'join'; readonly one: number; readonly other: number }
  | { readonly do: 'unmerge' | 'unjoin'; readonly which: number }
  /** `mask`: a bit for each message; `all`: may leave a member without any. */
  | {
      readonly do: 'split';
      readonly ticket: number;
      readonly mask: number;
      readonly all: boolean;
    };

export type History = readonly Act[];

const CONVERSATIONS = 4;
const ACTS = 14;

const conversation = fc.nat(CONVERSATIONS - 1);
const pick = fc.nat(11);
const mask = fc.nat(255);

const account = (value: string): Identity => ({
  ...{ kind: 'customerId', value, scope: 'shop', proof: 'proven' },
});

const fields = fc.constantFrom<Record<string, string>>({}, { orderNo: 'A1' }, { orderNo: 'B2' });

const says = (identities: fc.Arbitrary<readonly Identity[]>): fc.Arbitrary<Act> =>
  fc.record({ do: fc.constant('says' as const), conversation, identities, fields });

const change = (statuses: readonly ('open' | 'waiting' | 'solved' | 'closed')[]) =>
  fc.oneof(
    fc.record({ status: fc.constantFrom(...statuses) }),
    fc.record({ assignee: fc.constantFrom('anna', null) }),
    fc.record({ tags: fc.constantFrom(['late'], ['vip', 'late']) }),
    fc.record({ fields: fc.constant({ region: 'north' }) }),
  );

function history(
  spoken: fc.Arbitrary<Act>,
  changes: fc.Arbitrary<TicketChange>,
  all: boolean,
): fc.Arbitrary<History> {
  const act = fc.oneof(
    { arbitrary: spoken, weight: 5 },
    {
      arbitrary: fc.record({ do: fc.constant('reply' as const), conversation }),
      weight: 2,
    },
    { arbitrary: fc.record({ do: fc.constant('note' as const), ticket: pick }), weight: 1 },
    {
      arbitrary: fc.record({ do: fc.constant('change' as const), ticket: pick, change: changes }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        do: fc.constantFrom('merge' as const, 'merge' as const, 'join' as const),
        ...{ one: pick, other: pick },
      }),
      weight: 5,
    },
    {
      arbitrary: fc.record({
        do: fc.constantFrom('unmerge' as const, 'unjoin' as const),
        which: pick,
      }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        do: fc.constant('split' as const),
        ...{ ticket: pick, mask, all: fc.constant(all) },
      }),
      weight: 2,
    },
  );
  const opening = fc.tuple(...Array.from({ length: 3 }, () => spoken));
  return fc
    .tuple(opening, fc.array(act, { minLength: 5, maxLength: ACTS }))
    .map(([a, b]) => [...a, ...b]);
}

/**
 * Histories in which nothing that is done to a merged ticket decides where a later message goes, so
 * that the same can be told without the merges: no ticket is closed and nobody proves a second thing.
 */
export const COMPARABLE: fc.Arbitrary<History> = history(
  says(fc.constant([])),
  change(['open', 'waiting', 'solved']),
  false,
);

const shareable = fc.constantFrom<Identity>(
  { kind: 'phone', value: '95588', scope: '', proof: 'proven' },
  { kind: 'email', value: 'home@example.com', scope: '', proof: 'proven' },
  { kind: 'email', value: 'home@example.com', scope: '', proof: 'strong' },
);
const anybody = fc.oneof(shareable, fc.constantFrom(account('anna'), account('berta')));

/** Anything at all: closed tickets, long pauses, proofs that agree and conflict, members split empty. */
export const ANY: fc.Arbitrary<History> = history(
  says(fc.uniqueArray(anybody, { maxLength: 2 })),
  change(['open', 'waiting', 'solved', 'closed']),
  true,
);
