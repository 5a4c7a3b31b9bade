import type { HttpResult } from '../../src/sdk/index.js';
import { failureOf, outcomeOf } from './failures.js';

/** 16:15 in China. */
const NOW = Date.UTC(2026, 10, 20, 8, 15);
const MIDNIGHT_IN_CHINA = Date.UTC(2026, 10, 20, 16);

const answer = (
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpResult => ({
  kind: 'answer',
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

test.each([
  [-1, { kind: 'transient' }],
  [40001, { kind: 'unauthorised' }],
  [40014, { kind: 'unauthorised' }],
  [42001, { kind: 'unauthorised' }],
  [40125, { kind: 'unauthorised' }],
  [45009, { kind: 'rateLimited', retryAt: MIDNIGHT_IN_CHINA }],
  [45011, { kind: 'transient' }],
  [45015, { kind: 'windowClosed', until: null }],
  [45047, { kind: 'windowClosed', until: null }],
  [40003, { kind: 'refused', cause: 'recipientGone' }],
  [43004, { kind: 'refused', cause: 'recipientGone' }],
  [46004, { kind: 'refused', cause: 'recipientGone' }],
  [48002, { kind: 'refused', cause: 'optedOut' }],
  [43019, { kind: 'refused', cause: 'permission' }],
  [45002, { kind: 'refused', cause: 'content' }],
  [40007, { kind: 'refused', cause: 'content' }],
  [87014, { kind: 'refused', cause: 'content' }],
  [48001, { kind: 'misconfigured', setting: 'appId' }],
  [48004, { kind: 'misconfigured', setting: 'appId' }],
  [40164, { kind: 'misconfigured', setting: 'ipAllowList' }],
])('code %i inside HTTP 200 is what it means', (errcode, failure) => {
  expect(outcomeOf(answer({ errcode, errmsg: 'x' }), NOW)).toMatchObject({
    kind: 'failed',
    failure,
  });
});

test('a code nobody knows refuses the message and shows its number', () => {
  expect(failureOf(99_999, NOW)).toBeNull();
  expect(outcomeOf(answer({ errcode: 99_999 }), NOW)).toMatchObject({
    failure: { kind: 'refused', cause: 'content', why: expect.stringContaining('99999') as string },
  });
});

test('a message that was taken has no id, unless WeChat gives one', () => {
  const taken = (body: unknown) => outcomeOf(answer(body), NOW);
  expect(taken({ errcode: 0, errmsg: 'ok' })).toEqual({
    kind: 'sent',
    externalId: null,
    certainty: 'final',
  });
  const long = '{"errcode":0,"msgid":24000000000000001}';
  expect(taken(long)).toMatchObject({ externalId: '24000000000000001' });
});

test.each(['', 'ok', '{}', '[]', 'null', '{"errcode":"0"}', '{"errcode":', '<html></html>'])(
  'HTTP 200 with %j inside leaves it uncertain',
  (body) => {
    expect(outcomeOf(answer(body), NOW).kind).toBe('uncertain');
  },
);

test('what stands before WeChat is told by its status', () => {
  expect(outcomeOf(answer('', 502), NOW).kind).toBe('uncertain');
  expect(outcomeOf(answer('', 429, { 'retry-after': '30' }), NOW)).toMatchObject({
    failure: { kind: 'rateLimited', retryAt: NOW + 30_000 },
  });
  expect(outcomeOf(answer('', 404), NOW)).toMatchObject({ failure: { setting: 'apiBase' } });
});

test('the quota of a day ends at midnight in China, also a second before it', () => {
  const quota = (now: number) => failureOf(45009, now);
  expect(quota(MIDNIGHT_IN_CHINA - 1_000)).toMatchObject({ retryAt: MIDNIGHT_IN_CHINA });
  expect(quota(MIDNIGHT_IN_CHINA)).toMatchObject({ retryAt: MIDNIGHT_IN_CHINA + 86_400_000 });
});
