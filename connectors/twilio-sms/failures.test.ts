import type { HttpResult } from '../../src/sdk/index.js';
import { outcomeOf } from './failures.js';

const NOW = Date.UTC(2026, 10, 21, 8, 0, 0);

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answer', status, headers, body: Buffer.from(text) };
}
const twilio = (status: number, code: number, headers: Record<string, string> = {}) =>
  outcomeOf(answer(status, { code, message: 'x', more_info: 'y', status }, headers), NOW);

describe('what became of a send', () => {
  test('a message with an id is sent and waits for its receipt', () => {
    expect(outcomeOf(answer(201, { sid: 'SM1', status: 'queued', error_code: null }), NOW)).toEqual(
      {
        kind: 'sent',
        externalId: 'SM1',
        certainty: 'awaitReceipt',
      },
    );
  });

  test('a message that failed at once is failed, although the answer is a success', () => {
    const outcome = outcomeOf(
      answer(201, { sid: 'SM1', status: 'failed', error_code: 21610 }),
      NOW,
    );
    expect(outcome).toMatchObject({ kind: 'failed', failure: { cause: 'optedOut' } });
  });

  test.each([
    [400, 21211, { kind: 'refused', cause: 'recipientGone' }],
    [400, 21614, { kind: 'refused', cause: 'recipientGone' }],
    [400, 21610, { kind: 'refused', cause: 'optedOut' }],
    [400, 21408, { kind: 'refused', cause: 'permission' }],
    [400, 21617, { kind: 'refused', cause: 'content' }],
    [400, 21606, { kind: 'misconfigured', setting: 'from' }],
    [400, 30001, { kind: 'transient' }],
    [400, 30003, { kind: 'transient' }],
    [400, 30004, { kind: 'refused', cause: 'recipientGone' }],
    [400, 30007, { kind: 'refused', cause: 'content' }],
    [400, 63016, { kind: 'windowClosed', until: null }],
    [400, 99999, { kind: 'refused', cause: 'content' }],
    [401, 20003, { kind: 'unauthorised' }],
    [404, 20404, { kind: 'misconfigured', setting: 'accountSid' }],
    [503, 20503, { kind: 'transient' }],
  ])('HTTP %i with code %i', (status, code, failure) => {
    expect(twilio(status, code)).toMatchObject({ kind: 'failed', failure });
  });

  test('the agent is told the code', () => {
    expect(twilio(400, 21610)).toMatchObject({
      failure: { why: 'the customer replied STOP to this number (Twilio 21610)' },
    });
  });

  test.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 08:00:30 GMT' }, 30_000],
    [{ 'retry-after': '999999999' }, 86_400_000],
    [{ 'retry-after': '-5' }, 5_000],
    [{ 'retry-after': 'soon' }, 5_000],
    [{ 'retry-after': '' }, 5_000],
    [{}, 5_000],
  ])('too many requests pause as long as %j says', (headers, pause) => {
    const failure = { kind: 'rateLimited', retryAt: NOW + pause };
    expect(twilio(429, 20429, headers)).toMatchObject({ kind: 'failed', failure });
    expect(twilio(400, 63018, headers)).toMatchObject({ kind: 'failed', failure });
  });

  test.each([
    ['a server error', answer(500, { code: 20500, status: 500 })],
    ['a gateway that gave up', answer(504, '<html>')],
    ['a success that is no message', answer(200, '<html>welcome to the hotel</html>')],
    ['a success without an id', answer(201, {})],
    ['no answer', { kind: 'unanswered', why: 'timeout' } as const],
  ])('%s is uncertain, never repeated blindly', (_name, result) => {
    expect(outcomeOf(result, NOW).kind).toBe('uncertain');
  });

  test('a connection that never opened is transient, a forbidden address a setting', () => {
    expect(outcomeOf({ kind: 'notSent', cause: 'network', why: 'refused' }, NOW)).toMatchObject({
      failure: { kind: 'transient' },
    });
    expect(outcomeOf({ kind: 'notSent', cause: 'forbidden', why: 'private' }, NOW)).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'apiBase' },
    });
  });
});
