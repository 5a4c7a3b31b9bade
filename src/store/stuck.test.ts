import { delivery, queueReply } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { stuckWork, type StuckWork } from './stuck.js';
import { run, type Answer, type Work } from './work.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  await shop.file({ sender: { handle: 'zhang' } });
});
afterEach(() => shop.end());

const FAILURES = [
  { kind: 'transient', why: 'the platform was tired for a day' },
  { kind: 'defect', why: 'defect: Error: oh\n  at x' },
  { kind: 'refused', cause: 'content', why: 'they say {"kind":"transient","why":"defect: no"}' },
];

/** As many of each kind, the youngest last. */
async function failedDeliveries(ofEach: number): Promise<void> {
  const id = await queueReply(shop, 1, 'hello');
  await shop.write(function* () {
    for (let i = 0; i < ofEach * FAILURES.length; i += 1) {
      yield* run(
        `INSERT INTO deliveries (message_id, conversation_id, connection_id, recipient, state, work, due_at, created_at, failure)
         SELECT message_id, conversation_id, connection_id, recipient, 'failed', 1, 0, 0, ? FROM deliveries WHERE id = ?`,
        JSON.stringify(FAILURES[i % FAILURES.length]),
        id,
      );
    }
  });
}

/** The work, and the most rows that one statement of it was given. */
async function looked(): Promise<{ readonly work: StuckWork; readonly mostRows: number }> {
  let mostRows = 0;
  const work = await shop.store.read(function* (): Work<StuckWork> {
    const steps = stuckWork(shop.clock.now());
    let step = steps.next(undefined);
    while (step.done !== true) {
      const answer: Answer = yield step.value;
      if (Array.isArray(answer)) mostRows = Math.max(mostRows, answer.length);
      step = steps.next(answer);
    }
    return step.value;
  });
  return { work, mostRows };
}

test('failed answers are counted by whether sending them again may work; the youngest are shown', async () => {
  await failedDeliveries(11);
  const { work } = await looked();
  expect([work.failed.total, work.refused.total]).toEqual([22, 11]);
  const [youngest] = work.failed.youngest;
  expect(youngest?.why).toContain('defect');
  expect(JSON.parse(work.refused.youngest[0]?.why ?? '{}')).toMatchObject({ kind: 'refused' });
  expect((await delivery(shop, youngest?.id ?? 0)).state).toBe('failed');
});

test('however many failed, few of them are read', async () => {
  await failedDeliveries(20);
  expect((await looked()).mostRows).toBe(10);
});
