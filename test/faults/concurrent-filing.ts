import { fileInOrder, type InOrderDependencies } from '../../src/intake/in-order.js';
import type { Draft } from '../../src/model/draft.js';
import { insertDraft } from '../../src/store/drafts.js';
import { holdLease } from '../../src/store/leases.js';
import type { Workshop } from '../workshop.js';
import { draftOf } from '../workshop.js';
import { DAY } from '../../src/model/time.js';

/** Two tellings of one complaint, each on a connection of its own, by the same proven handle. */
export function pairOf(n: number, now: number): readonly [Draft, Draft] {
  const identities = [
    { kind: 'unionid', value: `union-${n}`, scope: 'provider', proof: 'proven' },
  ] as const;
  const telling = (connection: 'a' | 'b'): Draft =>
    draftOf(
      {
        ...{ id: `${connection}-${n}`, connection, conversation: `thread-${n}` },
        sender: { handle: `${connection}-${n}`, identities: [...identities] },
        text: `parcel ${n} is lost`,
      },
      now,
    );
  return [telling('a'), telling('b')];
}

/** Deterministic disorder: the same every time. */
export function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  let state = seed;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647);
  return list
    .map((item) => ({ item, rank: next() }))
    .sort((x, y) => x.rank - y.rank)
    .map(({ item }) => item);
}

/** Writers put drafts in, many batches at a time, while several would-be filers work. */
export async function fileConcurrently(
  shop: Workshop,
  drafts: readonly Draft[],
  filers: number,
): Promise<void> {
  const filing = (name: string): InOrderDependencies => ({
    ...shop,
    matching: { samePersonWithin: 14 * DAY },
    log: shop.sending.log,
    crashpoint: () => undefined,
    lease: holdLease(shop.store, 'filing', name, shop.clock),
  });
  let writing = true;
  const writers = batchesOf(drafts, 50).map((batch) =>
    shop.write(function* () {
      for (const draft of batch) yield* insertDraft(draft, null, null);
    }),
  );
  const fileUntilDone = async (name: string): Promise<void> => {
    const deps = filing(name);
    while (writing) {
      await fileInOrder(deps);
      await new Promise(setImmediate);
    }
    await fileInOrder(deps);
  };
  const working = Array.from({ length: filers }, (_, i) => fileUntilDone(`filer-${i}`));
  await Promise.all(writers);
  writing = false;
  await Promise.all(working);
}

function batchesOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
