import fc from 'fast-check';
import { admitVisitor, visitorOf } from './visitor.js';

const KEYS = [{ id: 'k1', key: 'one' }];
const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;

describe('a visitor token', () => {
  test('names the visitor it was made for, and each new visitor is another', () => {
    const a = admitVisitor(KEYS, NOW, null);
    const b = admitVisitor(KEYS, NOW, null);
    expect(a.id).not.toBe(b.id);
    expect(visitorOf(`Bearer ${a.token}`, KEYS, NOW)).toBe(a.id);
    expect(visitorOf(`Bearer ${b.token}`, KEYS, NOW)).toBe(b.id);
  });

  test('is renewed for the same visitor', () => {
    const first = admitVisitor(KEYS, NOW, null);
    const renewed = admitVisitor(KEYS, NOW + 100 * DAY, first.id);
    expect(visitorOf(`Bearer ${first.token}`, KEYS, NOW + 181 * DAY)).toBeNull();
    expect(visitorOf(`Bearer ${renewed.token}`, KEYS, NOW + 181 * DAY)).toBe(first.id);
  });

  test('stays valid while the key that signed it is kept, and no longer', () => {
    const { token, id } = admitVisitor(KEYS, NOW, null);
    const rotated = [{ id: 'k2', key: 'two' }, ...KEYS];
    expect(visitorOf(`Bearer ${token}`, rotated, NOW)).toBe(id);
    expect(visitorOf(`Bearer ${token}`, rotated.slice(0, 1), NOW)).toBeNull();
    expect(visitorOf(`Bearer ${token}`, [], NOW)).toBeNull();
  });

  test('is nobody’s when it is anything else', () => {
    const { token } = admitVisitor(KEYS, NOW, null);
    expect(visitorOf(undefined, KEYS, NOW)).toBeNull();
    expect(visitorOf(token, KEYS, NOW)).toBeNull();
    fc.assert(
      fc.property(fc.string(), fc.nat(token.length - 1), (text, at) => {
        const changed = token.slice(0, at) + text + token.slice(at + 1);
        fc.pre(changed !== token);
        expect(visitorOf(`Bearer ${changed}`, KEYS, NOW)).toBeNull();
      }),
    );
  });
});
