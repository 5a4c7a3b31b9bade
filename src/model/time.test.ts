import { DAY, effectiveTime, MINUTE } from './time.js';

const RECEIVED = Date.parse('2026-11-20T08:00:00Z');
const WINDOW = 3 * DAY;
const at = (sentAt: number | null) => effectiveTime(sentAt, RECEIVED, WINDOW);

describe('the time a message counts as said', () => {
  test('is the time of receipt when the platform gives none', () => {
    expect(at(null)).toEqual({ at: RECEIVED, corrected: false });
  });

  test('is the platform’s, from the redelivery window before the receipt to five minutes behind it', () => {
    for (const said of [RECEIVED - WINDOW, RECEIVED, RECEIVED + 5 * MINUTE]) {
      expect(at(said)).toEqual({ at: said, corrected: false });
    }
  });

  test('is the time of receipt, and says so, one millisecond beyond either edge', () => {
    for (const said of [RECEIVED - WINDOW - 1, RECEIVED + 5 * MINUTE + 1, 0]) {
      expect(at(said)).toEqual({ at: RECEIVED, corrected: true });
    }
  });
});
