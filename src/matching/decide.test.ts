import type { Comparison } from './compare.js';
import { decide, type Compared } from './decide.js';
import type { Feature } from './weights.js';
import { RULES, told } from './fixtures/tellings.js';

const { decision } = RULES;
const evidence = (kind: Feature, weight: number) => ({ kind, weight, about: [] });

/** A candidate with one piece of evidence of the given weight, and others. */
function candidate(
  ticket: number,
  weight: number,
  kind: Feature = 'orderSame',
  ...more: [Feature, number][]
): Compared {
  const comparison: Comparison = {
    weight,
    evidence: [evidence(kind, weight), ...more.map(([each, bits]) => evidence(each, bits))],
  };
  return { ticket, comparison, one: told('a'), other: told('b') };
}

const verdicts = (...compared: Compared[]): string[] =>
  decide(compared, RULES).map(({ ticket, verdict }) => `${ticket} ${verdict}`);

test('above the upper threshold it is merged, between the two asked, below left', () => {
  expect(
    verdicts(candidate(1, decision.auto), candidate(2, decision.ask), candidate(3, 0)),
  ).toEqual(['1 auto', '2 ask', '3 leave']);
});

test('what lies far below the best is not merged along with it', () => {
  expect(
    verdicts(candidate(1, decision.auto + decision.margin + 1), candidate(2, decision.auto)),
  ).toEqual(['1 auto', '2 ask']);
});

test('without an address, proof or number two strangers are not merged', () => {
  expect(verdicts(candidate(1, decision.auto, 'textHigh'))).toEqual(['1 ask']);
  expect(verdicts(candidate(1, decision.autoUnfirm, 'textHigh'))).toEqual(['1 auto']);
});

test('nothing is merged over strong evidence against', () => {
  expect(
    verdicts(candidate(1, decision.auto + 5, 'orderSame', ['another', decision.against])),
  ).toEqual(['1 ask']);
});

test('a solved ticket is related, and a campaign is too', () => {
  const solved = candidate(1, decision.auto);
  expect(verdicts({ ...solved, other: { ...solved.other, status: 'solved' } })).toEqual([
    '1 related',
  ]);
  expect(verdicts({ ...solved, one: { ...solved.one, status: 'closed' } })).toEqual(['1 related']);
  expect(verdicts(candidate(1, -3, 'wordingCommon'))).toEqual(['1 related']);
});

test('one telling asks few questions', () => {
  const many = Array.from({ length: 9 }, (_, at) => candidate(at, decision.ask + at / 100));
  expect(verdicts(...many).filter((each) => each.endsWith('ask'))).toHaveLength(decision.asks);
});
