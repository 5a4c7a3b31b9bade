import { jest } from '@jest/globals';
import type { Courier } from '../../test/courier.js';
import { delivery, parts, queueReply, stateOf, told } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { MINUTE } from '../model/time.js';
import { failed, sent } from '../model/outcome.js';
import type { Outcome } from '../model/outcome.js';
import { run } from '../store/work.js';

let shop: Workshop;
let courier: Courier;
beforeEach(async () => {
  shop = await openWorkshop();
  courier = await shop.connect('a');
  await shop.file({ conversation: 'one', sender: { handle: 'zhang' } });
});
afterEach(() => shop.end());

const transient: Outcome = failed({ kind: 'transient', why: 'the platform is tired' });
const texts = (): string[] => courier.sends.map(({ text }) => text);

describe('a process that slept past its claim', () => {
  /** It has handed the reply to the platform and sleeps; another has claimed the delivery meanwhile. */
  async function slept(): Promise<{ id: number; wakesWith: (answer: Outcome) => Promise<void> }> {
    let answer: (outcome: Outcome) => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      courier.script.push(() => {
        resolve();
        return new Promise<Outcome>((settle) => (answer = settle));
      });
    });
    const id = await queueReply(shop, 1, 'once');
    const sleeper = shop.send();
    await begun;
    shop.clock.pass(3 * MINUTE);
    await shop.send();
    expect(await stateOf(shop, id)).toBe('uncertain');
    return {
      id,
      wakesWith: (outcome) => {
        answer(outcome);
        return sleeper;
      },
    };
  }

  test('settles nothing: the delivery is the other one’s', async () => {
    const { id, wakesWith } = await slept();
    await wakesWith(transient);
    expect(await delivery(shop, id)).toMatchObject({ state: 'uncertain', work: 2 });
    expect(await told(shop, 1)).toEqual(['uncertain']);
  });

  test('still tells that the platform took it, which nobody else could know', async () => {
    const { id, wakesWith } = await slept();
    await wakesWith(sent('late-1'));
    expect(await delivery(shop, id)).toMatchObject({ state: 'sent', work: 1 });
    expect((await parts(shop, id))[0]).toMatchObject({ external_id: 'late-1' });
    expect(courier.sends).toHaveLength(1);
  });

  test('does not begin to send what another has claimed', async () => {
    const id = await queueReply(shop, 1, 'first\n\nsecond');
    courier.script.push(async () => {
      // Between its two parts the process sleeps, and another takes over.
      shop.clock.pass(3 * MINUTE);
      await shop.write(() =>
        run(
          'UPDATE deliveries SET fence = fence + 1, lease_until = ? WHERE id = ?',
          shop.clock.now() + MINUTE,
          id,
        ),
      );
      return sent('first');
    });
    await shop.send();
    expect(texts()).toEqual(['first']);
  });
});

test('a connector that nobody waits for any more may say that it has not begun', async () => {
  let wasTold = false;
  const begun = new Promise<void>((resolve) => {
    courier.script.push(async (_part, waited) => {
      resolve();
      await new Promise((stop) => waited?.addEventListener('abort', stop));
      wasTold = true;
      return transient;
    });
  });
  const id = await queueReply(shop, 1, 'hello');
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  try {
    const sending = shop.send();
    await begun;
    jest.advanceTimersByTime(100_000);
    await sending;
  } finally {
    jest.useRealTimers();
  }
  expect([wasTold, await stateOf(shop, id)]).toEqual([true, 'queued']);
});
