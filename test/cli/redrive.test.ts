import { jest } from '@jest/globals';
import { openBench, type Bench } from './hubbub.js';
import { stoppedWith } from './outbox.js';

// Every test runs the real program several times; a busy machine may take its time.
jest.setTimeout(60_000);

let bench: Bench;
let ids: readonly number[];
beforeAll(async () => {
  bench = openBench();
  ids = await stoppedWith(bench, ['uncertain', 'sent', 'queued', 'failed']);
});
afterAll(() => bench.end());

const redrive = (...args: readonly string[]) => bench.run(['redrive', ...args]);

test('an answer that may have arrived is sent again only by who says that it may arrive twice', async () => {
  const uncertain = String(ids[0]);
  const refused = await redrive('--delivery', uncertain);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain(
    `npm run -s hubbub -- redrive --delivery ${uncertain} --even-if-it-may-arrive-twice`,
  );
  const again = await redrive('--delivery', uncertain, '--even-if-it-may-arrive-twice', '--json');
  expect(again).toMatchObject({ code: 0, out: '{"drafts":0,"deliveries":1,"refused":[]}\n' });
});

test('what is not dead is named by what it is', async () => {
  const [, sent, queued, failed] = ids.map(String);
  const { code, out, err } = await redrive(
    '--delivery',
    ...[sent, queued, failed, '999'].map(String),
  );
  expect(out).toMatch(/^0 messages and 1 replies back to work/);
  expect(err).toContain(`delivery ${sent} is sent: there is nothing to send again`);
  expect(err).toContain(`delivery ${queued} is queued: it leaves by itself`);
  expect(err).toContain('there is no delivery 999');
  expect(code).toBe(1);
});

test('that it may arrive twice is said of named deliveries only', async () => {
  const { code, err } = await redrive('--even-if-it-may-arrive-twice');
  expect(err).toContain('needs --delivery');
  expect(code).toBe(2);
});
