import { createLedger } from './ledger.js';

test('waiting finds entries written before and after', async () => {
  const ledger = createLedger<number>();
  ledger.record(1);
  const waiting = ledger.until((entry) => entry > 0, { count: 2 });
  ledger.record(-5);
  ledger.record(2);
  await expect(waiting).resolves.toEqual([1, 2]);
  expect(ledger.entries).toEqual([1, -5, 2]);
});

test('waiting in vain says how much was found', async () => {
  const ledger = createLedger<number>();
  ledger.record(1);
  const waiting = ledger.until((entry) => entry > 0, { count: 2, timeoutMs: 5 });
  await expect(waiting).rejects.toThrow('1 of 2 matching entries');
});
