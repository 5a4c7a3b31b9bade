import {
  answer,
  createScript,
  delay,
  duplicate,
  type AnswerFault,
  type CarriageFault,
} from './faults.js';

test('a rule strikes only the next n events that match it', () => {
  const script = createScript<string, AnswerFault>();
  const rule = script.add({ when: (path) => path === '/send', times: 2, then: answer(503) });
  const struck = ['/send', '/check', '/send', '/send'].map((path) => script.take(path).length);
  expect(struck).toEqual([1, 0, 1, 0]);
  expect(rule.struck).toBe(2);
});

test('rules strike in the order in which they were added, one at a time', () => {
  const script = createScript<string, AnswerFault>();
  script.add({ then: answer(429) });
  script.add({ then: [delay(5), answer(500)] });
  const first = script.take('/');
  const second = script.take('/');
  expect(first).toEqual([answer(429)]);
  expect(second).toEqual([delay(5), answer(500)]);
  expect(script.take('/')).toEqual([]);
});

test('a removed rule strikes no more', () => {
  const script = createScript<string, CarriageFault>();
  const rule = script.add({ times: Infinity, then: duplicate() });
  expect(script.take('a')).toHaveLength(1);
  rule.remove();
  expect(script.take('b')).toEqual([]);
});

test('an answer leaves the work undone unless the rule says otherwise', () => {
  expect(answer(500)).toMatchObject({ taken: false, headers: {}, body: '' });
  expect(answer(500, 'x', { taken: true })).toMatchObject({ taken: true, body: 'x' });
});
