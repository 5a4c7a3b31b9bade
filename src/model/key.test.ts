import fc from 'fast-check';
import { boundedKey, fitsKey, KEY_BYTES } from './key.js';

describe('an id in the room an index has', () => {
  test('is itself when it fits', () => {
    for (const id of ['', 'wamid.1', 'x'.repeat(KEY_BYTES), '订'.repeat(333)]) {
      expect(boundedKey(id)).toBe(id);
    }
  });

  test('keeps its beginning and differs from every other, in whole characters', () => {
    const unit = fc.constantFrom('a', 'é', '订', '𠮷');
    const id = fc.string({ unit, minLength: 300, maxLength: 1_500 });
    fc.assert(
      fc.property(id, id, (one, other) => {
        const kept = boundedKey(one);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(KEY_BYTES);
        expect(kept.isWellFormed() && !kept.includes('\uFFFD') && fitsKey(kept)).toBe(true);
        expect(kept.startsWith(one.slice(0, 200))).toBe(true);
        expect(boundedKey(one) === boundedKey(other)).toBe(one === other);
      }),
    );
  });
});
