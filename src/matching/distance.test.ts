import { isOneSlip } from './distance.js';

test.each([
  ['a wrong digit', '4471902', '4471802', true],
  ['neighbours swapped', '4471902', '4479102', true],
  ['a missing digit', '4471902', '447902', true],
  ['an extra digit', '4471902', '44719022', true],
  ['two wrong digits', '4471902', '4481802', false],
  ['the same number', '4471902', '4471902', false],
])('%s', (_, one, other, expected) => expect(isOneSlip(one, other)).toBe(expected));
