import {
  answer,
  createScript,
  duplicate,
  holdBack,
  lose,
  tamper,
  type AnswerFault,
  type CarriageFault,
} from '../faults.js';
import { emptyAnswer } from './answer.js';
import { createCourier, type Courier, type DeliveryReport } from './courier.js';
import { startLoopback, type HttpRequest, type Loopback } from './loopback.js';

describe('the courier', () => {
  const carriage = createScript<string, CarriageFault>();
  const answers = createScript<HttpRequest, AnswerFault>();
  let arrived: string[] = [];
  let hub: Loopback;
  let courier: Courier<string>;

  const send = (text: string): Promise<DeliveryReport> =>
    courier.carry(text, { url: hub.url, headers: { 'x-mark': 'm' }, body: Buffer.from(text) });

  beforeAll(async () => {
    hub = await startLoopback({
      script: answers,
      observe: (incoming) => void arrived.push(incoming.body.toString()),
      handle: () => emptyAnswer(204),
    });
  });
  beforeEach(() => {
    arrived = [];
    courier = createCourier<string>({
      script: carriage,
      observe: () => undefined,
      policy: {
        pausesMs: [1, 1],
        timeoutMs: 1_000,
        again: (attempt) => attempt.status === null || attempt.status >= 500,
      },
    });
  });
  afterEach(() => courier.close());
  afterAll(() => hub.close());

  test('repeats what the hub did not acknowledge, as often as its policy says', async () => {
    answers.add({ times: 2, then: answer(503) });
    const report = await send('a');
    expect(report.attempts.map((attempt) => attempt.status)).toEqual([503, 503, 204]);
    expect(report.acknowledged).toBe(true);
    answers.add({ times: 3, then: answer(503) });
    expect((await send('b')).acknowledged).toBe(false);
  });

  test('does not repeat what its policy calls final', async () => {
    answers.add({ then: answer(401) });
    expect((await send('a')).attempts).toHaveLength(1);
  });

  test('delivers twice, byte for byte the same', async () => {
    carriage.add({ then: duplicate() });
    expect((await send('a')).attempts).toHaveLength(2);
    expect(arrived).toEqual(['a', 'a']);
  });

  test('holds one back behind the next', async () => {
    carriage.add({ then: holdBack() });
    const late = send('first');
    await send('second');
    await late;
    expect(arrived).toEqual(['second', 'first']);
  });

  test('what is still held back at the end is lost, and says so', async () => {
    carriage.add({ then: holdBack(5) });
    const late = send('a');
    courier.close();
    await expect(late).resolves.toEqual({ attempts: [], acknowledged: false });
    expect(arrived).toEqual([]);
  });

  test('loses one', async () => {
    carriage.add({ then: lose() });
    await expect(send('a')).resolves.toEqual({ attempts: [], acknowledged: false });
    expect(arrived).toEqual([]);
  });

  test('changes one after it was signed', async () => {
    carriage.add({ then: tamper((wire) => ({ ...wire, body: Buffer.from('forged') })) });
    await send('a');
    expect(arrived).toEqual(['forged']);
  });

  test('names a refused connection as such', async () => {
    await hub.goOffline();
    const report = await send('a');
    expect(report.attempts.map((attempt) => attempt.failure)).toEqual(Array(3).fill('connect'));
    await hub.goOnline();
  });
});
