import { createReplyRight } from '../../simulators/wechat/windows.js';
import { admit } from '../../src/replies/admit.js';
import type { Connected } from '../../src/intake/connected.js';
import { connector } from './index.js';

const AT = Date.UTC(2026, 10, 20, 8, 15);
const connected = { connector } as unknown as Connected;

test.each([
  ['a second before its end', 48 * 3_600_000 - 1_000, true],
  ['at its end', 48 * 3_600_000, true],
  ['a second after its end', 48 * 3_600_000 + 1_000, false],
  ['at once', 0, true],
])('%s of the window hub and platform agree', (_what, later, isOpen) => {
  const right = createReplyRight('officialAccount');
  right.grant('message', AT);
  const refusal = admit(connected, { now: AT + later, lastInAt: AT, parts: 1 });
  expect(refusal === null).toBe(isOpen);
  expect(right.spend(AT + later) === null).toBe(isOpen);
});

test.each([5, 6])('of an answer of %i messages hub and platform say the same', (parts) => {
  const right = createReplyRight('officialAccount');
  right.grant('message', AT);
  const refused = Array.from({ length: parts }, () => right.spend(AT)).some(
    (code) => code !== null,
  );
  const refusal = admit(connected, { now: AT, lastInAt: AT, parts });
  expect(refusal !== null).toBe(refused);
});
