import { RULES } from './fixtures/tellings.js';
import { readRules } from './rules.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FOLDER } from '../config/paths.js';

const shipped = {
  yaml: readFileSync(join(CONFIG_FOLDER, 'matching.yaml'), 'utf8'),
  file: 'matching.yaml',
};
const over = (yaml: string) => readRules([shipped, { yaml, file: 'mine.yaml' }]);

test('every weight and threshold of the shipped file has a comment', () => {
  const bare = shipped.yaml.split('\n').filter((line) => /^ {2}\w+: -?[\d.]+$/.test(line));
  expect(bare).toEqual(['  middle: 0.35', '  low: 0.15']);
});

test('an overlay changes what it names and nothing else', () => {
  expect(over('decision:\n  auto: 9\n')).toEqual({
    ok: true,
    rules: { ...RULES, decision: { ...RULES.decision, auto: 9 } },
  });
});

test.each([
  ['a word for a number', 'decision:\n  ask: much\n', '2 decision.ask "much"'],
  ['an unknown name', 'weights:\n  # mine\n  orderSmae: 3\n', '3 weights.orderSmae no rule'],
  ['a weight out of range', 'weights:\n  orderSame: 300\n', '2 weights.orderSame 300'],
  ['no YAML', 'weights: [1\n', '2  no YAML'],
])('a mistake names file, line, value and the way out: %s', (_, yaml, expected) => {
  const read = over(yaml);
  const [line, field, ...words] = expected.split(' ');
  expect(read.ok ? [] : read.problems).toEqual([
    {
      file: 'mine.yaml',
      line: Number(line),
      field,
      text: expect.stringContaining(words.join(' ')) as string,
    },
  ]);
});
