import fc from 'fast-check';
import {
  afterReceipt,
  afterSend,
  deliveryState,
  MOST_ATTEMPTS,
  nextAfter,
  retryDelay,
  Work,
  workLeft,
  type Next,
  type PartState,
  type Tried,
} from './delivery.js';
import { failed, sent, uncertain, type Failure, type Outcome } from './outcome.js';
import { DAY, HOUR, MINUTE, SECOND } from './time.js';

const STATES: readonly PartState[] = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'uncertain',
];
const NOW = 1_000_000;
const tried = (more: Partial<Tried> = {}): Tried => ({
  ...{ attempts: 1, defects: 0, now: NOW, chance: () => 0.5, idempotent: false },
  ...more,
});
const after = (failure: Failure, more: Partial<Tried> = {}): Next =>
  nextAfter(failed(failure), tried(more));

describe('the delay before a further try', () => {
  test('doubles from two seconds to half an hour', () => {
    const middle = (attempts: number): number => retryDelay(attempts, () => 0.5);
    expect([1, 2, 3, 4].map(middle)).toEqual([2, 4, 8, 16].map((s) => s * SECOND));
    expect([11, 12, 49].map(middle)).toEqual([30, 30, 30].map((m) => m * MINUTE));
  });

  test('is never more than a fifth away from that, and uses the whole width', () => {
    expect([0, 0.999_999].map((x) => retryDelay(1, () => x))).toEqual([1_600, 2_400]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, x) => {
          const base = Math.min(2 * SECOND * 2 ** (n - 1), 30 * MINUTE);
          const delay = retryDelay(n, () => x);
          expect(delay).toBeGreaterThanOrEqual(Math.floor(base * 0.8));
          expect(delay).toBeLessThanOrEqual(Math.ceil(base * 1.2));
        },
      ),
    );
  });

  test('adds up to about a day over all tries', () => {
    let sum = 0;
    for (let n = 1; n < MOST_ATTEMPTS; n += 1) sum += retryDelay(n, () => 0.5);
    expect(sum).toBeGreaterThan(15 * HOUR);
    expect(sum).toBeLessThan(DAY);
  });
});

describe('after a send', () => {
  test('that the platform took nothing more is sent', () => {
    expect(nextAfter(sent('x'), tried())).toEqual({ kind: 'sent', externalId: 'x' });
  });

  test('without an answer it is uncertain, or tried again where the platform knows our keys', () => {
    expect(nextAfter(uncertain('cut'), tried())).toEqual({ kind: 'uncertain', why: 'cut' });
    expect(nextAfter(uncertain('cut'), tried({ idempotent: true }))).toMatchObject({
      ...{ kind: 'again', at: NOW + 2 * SECOND, counts: true },
    });
  });

  test('that was not processed is tried again, until it was tried often enough', () => {
    const failure: Failure = { kind: 'transient', why: '503' };
    expect(after(failure, { attempts: 3 })).toEqual({
      ...{ kind: 'again', at: NOW + 8 * SECOND, why: '503', counts: true },
    });
    expect(after(failure, { attempts: MOST_ATTEMPTS })).toEqual({ kind: 'failed', failure });
  });

  test.each([
    [NOW + HOUR, { kind: 'again', at: NOW + HOUR, counts: false }],
    [NOW + HOUR + 1, { kind: 'failed', failure: { kind: 'windowClosed', until: NOW + HOUR + 1 } }],
    [NOW - 5, { kind: 'again', at: NOW + SECOND, counts: false }],
  ] as const)('that has to wait until %i, this follows', (retryAt, next) => {
    expect(after({ kind: 'rateLimited', retryAt, why: '429' })).toMatchObject(next);
  });

  test('a pause asked for does not run out of tries', () => {
    const failure: Failure = { kind: 'rateLimited', retryAt: NOW + SECOND, why: '429' };
    expect(after(failure, { attempts: 10 * MOST_ATTEMPTS }).kind).toBe('again');
  });

  test.each([
    { kind: 'unauthorised', why: '401' },
    { kind: 'misconfigured', setting: 'from', why: 'no such number' },
  ] as const)('$kind pauses the connection', (failure) => {
    expect(after(failure)).toEqual({ kind: 'paused', status: 'failing', why: failure.why });
  });

  test.each([
    { kind: 'windowClosed', until: null, why: 'over' },
    { kind: 'refused', cause: 'recipientGone', why: 'gone' },
    { kind: 'refused', cause: 'optedOut', why: 'STOP' },
    { kind: 'refused', cause: 'content', why: 'no' },
    { kind: 'refused', cause: 'permission', why: 'no' },
  ] as const)('$kind $cause is final', (failure) => {
    expect(after(failure)).toEqual({ kind: 'failed', failure });
  });

  test('that threw is uncertain, or has three tries where repeating is safe', () => {
    const defect = { kind: 'defect', why: 'stack' } as const;
    const safe = (defects: number): Next => nextAfter(defect, tried({ idempotent: true, defects }));
    expect(nextAfter(defect, tried({ defects: 1 }))).toEqual({ kind: 'uncertain', why: 'stack' });
    expect([safe(1).kind, safe(2).kind]).toEqual(['again', 'again']);
    expect(safe(3)).toEqual({ kind: 'failed', failure: defect });
  });
});

describe('a part', () => {
  const outcomes: readonly Outcome[] = [
    sent('x'),
    uncertain('cut'),
    failed({ kind: 'transient', why: '' }),
    failed({ kind: 'unauthorised', why: '' }),
    failed({ kind: 'refused', cause: 'content', why: '' }),
  ];

  test('that was seen delivered or read is that, whatever the answer to its send says', () => {
    for (const present of ['delivered', 'read'] as const) {
      for (const outcome of outcomes) {
        expect(afterSend(present, nextAfter(outcome, tried()))).toBe(present);
      }
    }
  });

  test('goes where its send says when nothing else was heard', () => {
    expect(outcomes.map((outcome) => afterSend('sending', nextAfter(outcome, tried())))).toEqual([
      ...['sent', 'uncertain', 'queued', 'queued', 'failed'],
    ]);
  });

  test('whose failure was reported first is not sent by the answer', () => {
    expect(afterSend('failed', nextAfter(sent('x'), tried()))).toBe('failed');
  });

  test('never goes back by a receipt, in whatever order receipts come', () => {
    const receipts = fc.array(fc.constantFrom('sent', 'delivered', 'read', 'failed'));
    fc.assert(
      fc.property(fc.constantFrom(...STATES), receipts, (start, all) => {
        const end = all.reduce<PartState>((state, one) => afterReceipt(state, one), start);
        const sorted = [...all].sort((a, b) => all.indexOf(a) - all.indexOf(b)).reverse();
        expect(sorted.reduce<PartState>((state, one) => afterReceipt(state, one), start)).toBe(end);
        if (all.includes('read')) expect(end).toBe('read');
      }),
    );
  });

  test('that was delivered is not undone by a failure', () => {
    expect(afterReceipt('delivered', 'failed')).toBe('delivered');
    expect(afterReceipt('sent', 'failed')).toBe('failed');
    expect(afterReceipt('failed', 'delivered')).toBe('delivered');
  });
});

describe('a delivery', () => {
  test('is as good as its worst part', () => {
    expect(deliveryState(['read', 'delivered', 'sent'])).toBe('sent');
    expect(deliveryState(['read', 'failed', 'uncertain'])).toBe('failed');
    expect(deliveryState(['sent', 'uncertain', 'queued'])).toBe('uncertain');
    expect(deliveryState(['delivered', 'delivered'])).toBe('delivered');
    expect(deliveryState([])).toBe('queued');
  });

  test('is looked up before the rest of it leaves, and done when every part has an end', () => {
    expect(workLeft(['sent', 'uncertain', 'queued'])).toBe(Work.reconcile);
    expect(workLeft(['sent', 'queued'])).toBe(Work.send);
    expect(workLeft(['sending'])).toBe(Work.send);
    expect(workLeft(['sent', 'failed', 'read'])).toBe(Work.none);
  });
});
