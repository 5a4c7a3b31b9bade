import { jest } from '@jest/globals';
import { openBench, type Bench } from '../cli/hubbub.js';

jest.setTimeout(90_000);

/** What the readme shows first, as a stranger runs it. */

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.end());

test('the demo ends with 0, and every answer arrived exactly once', async () => {
  const { code, out, err } = await bench.launch(['demo', '--once']).ended;
  expect(err).toBe('');
  expect(out).toContain(
    '6 messages of 5 customers became 5 tickets; 5 of 5 answers arrived exactly once.',
  );
  // Two tellings of one complaint, by a proven phone number.
  expect(out).toMatch(/王芳 · Webhook 应用 · .* · #\d+ merged/);
  expect(out).toMatch(/its API page at http:\/\/127\.0\.0\.1:\d+\/docs/);
  expect(code).toBe(0);
});
