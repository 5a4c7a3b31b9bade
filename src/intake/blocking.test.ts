import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { defaultRules } from '../../test/rules.js';
import { openMatching, type Compared } from './matching.js';

/** Which tickets a telling is compared with. */

let shop: Workshop;
let compared: Compared[];
beforeEach(async () => {
  const rules = defaultRules();
  compared = [];
  shop = await openWorkshop(
    openMatching({ ...rules, blocking: { ...rules.blocking, passing: 2 } }, (seen) =>
      compared.push(seen),
    ),
  );
  await shop.connect('a');
});
afterEach(() => shop.end());

let told = 0;
const file = async (...texts: readonly string[]): Promise<void> => {
  for (const text of texts) {
    told += 1;
    const handle = `h${told}`;
    await shop.file({
      ...{ conversation: `c${told}`, connection: 'a', text },
      sender: { handle, name: null, identities: [] },
    });
  }
};
const comparedWith = (ticket: number): readonly number[] =>
  compared.flatMap(({ one, other }) => (one === ticket ? [other] : [])).sort();

const SNAPPED = 'the sofa leg snapped and the wood split along the grain';

test('of tickets that share nothing but words only the first few are compared', async () => {
  await file(SNAPPED, SNAPPED, SNAPPED, SNAPPED, SNAPPED);
  expect(comparedWith(5)).toEqual([3, 4]);
});

test('a ticket that shares the whole number is compared whatever words others share', async () => {
  await file('订单 7781220491 到现在还没有发货', SNAPPED, SNAPPED, SNAPPED);
  await file(`${SNAPPED}, order 7781220491`);
  expect(comparedWith(5)).toContain(1);
  expect(comparedWith(5)).toHaveLength(3);
});
