import fc from 'fast-check';
import { openBuckets } from './buckets.js';

describe('a token bucket', () => {
  test('never gives more than the burst and what time brought', () => {
    const step = fc.tuple(fc.nat(5_000), fc.integer({ min: 1, max: 10 }));
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 50 }),
        fc.integer({ min: 1, max: 600 }),
        (steps, rate) => {
          let now = 0;
          let taken = 0;
          const buckets = openBuckets({ now: () => now });
          for (const [wait, tries] of steps) {
            now += wait;
            for (let i = 0; i < tries; i += 1) if (buckets.take('a', rate) === 0) taken += 1;
          }
          expect(taken).toBeLessThanOrEqual(Math.max(5, rate / 4) + (now * rate) / 60_000 + 1e-6);
        },
      ),
    );
  });

  test('says how long to wait, and keeps its word', () => {
    let now = 0;
    const buckets = openBuckets({ now: () => now });
    while (buckets.take('a', 6) === 0);
    const wait = buckets.take('a', 6);
    now += wait;
    expect(wait).toBeGreaterThan(0);
    expect(buckets.take('a', 6)).toBe(0);
    expect(buckets.take('b', 6)).toBe(0);
  });
});
