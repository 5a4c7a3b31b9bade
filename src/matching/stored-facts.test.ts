import { readFacts, writeFacts } from './stored-facts.js';
import { told } from './fixtures/tellings.js';

const { facts } = told('the kettle of my order KD20261101774 arrived broken');
const stored = writeFacts(facts);

test('facts are read as they were written', () => {
  expect(readFacts(stored)).toEqual(facts);
});

test.each([
  ['of another version', stored.replace('"version":1', '"version":0')],
  ['of no version', JSON.stringify(facts)],
  ['that lack a field', stored.replace('"grams"', '"gramms"')],
  ['with a field of another kind', stored.replace('"goods":[', '"goods":{},"good":[')],
  ['that are no JSON', stored.slice(0, 40)],
  ['that are a list', '[]'],
  ['that are nothing', 'null'],
])('facts %s say nothing', (_, text) => {
  expect(text).not.toBe(stored);
  expect(readFacts(text)).toBeNull();
});

test('what a telling lacks takes no room', () => {
  expect(stored).not.toContain('[]');
  expect(stored).not.toContain('"nudge"');
});
