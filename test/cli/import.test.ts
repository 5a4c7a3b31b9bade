import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { until } from '../hub.js';
import { openBench, type Bench, type Ended } from './hubbub.js';

// Every test runs the real program several times; a busy machine may take its time.
jest.setTimeout(90_000);

let bench: Bench;
beforeEach(() => {
  bench = openBench();
});
afterEach(() => bench.end());

async function connect(...args: readonly string[]): Promise<void> {
  const added = await bench.run(['connections', 'add', ...args]);
  expect(added).toMatchObject({ code: 0 });
}

const WEBHOOK = ['--connector', 'webhook', '--name', 'shop'];
const MAIL = ['--connector', 'email', '--name', 'old mail', '--set', 'address=help@shop.example'];

function draft(id: string, more: object = {}): string {
  const sender = {
    handle: 'C-1',
    identities: [{ kind: 'customerId', value: 'C-1', proof: 'proven' }],
  };
  return JSON.stringify({
    ...{ id, conversation: `case-${id}`, kind: 'message', sender, text: `complaint ${id}` },
    ...{ sentAt: '2025-03-01T10:00:00Z', ...more },
  });
}

function summaryOf({ out }: Ended): unknown {
  return JSON.parse(out);
}

describe('drafts', () => {
  test('a bad line is named and kept, the rest goes on, and a second run changes nothing', async () => {
    await connect(...WEBHOOK);
    const file = bench.path('history.jsonl');
    const lines = [draft('a'), 'not json', draft('b'), '', draft('c', { kind: 'sermon' })];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const args = ['import', file, '--connection', 'shop', '--json'];

    const first = await bench.run(args);
    expect(first.code).toBe(1);
    expect(first.err).toMatch(/^line 2: not valid JSON/m);
    expect(first.err).toMatch(/^line 5: kind: /m);
    const rejects = `${file}.rejects`;
    expect(summaryOf(first)).toEqual({ new: 2, known: 0, refused: 2, rejects });
    expect(readFileSync(rejects, 'utf8')).toBe(`not json\n${lines[4] ?? ''}\n`);

    expect(summaryOf(await bench.run(args))).toMatchObject({ new: 0, known: 2 });

    writeFileSync(rejects, `${draft('d')}\n`);
    const mended = await bench.run(['import', rejects, '--connection', 'shop', '--json']);
    expect(mended.code).toBe(0);
    expect(existsSync(`${rejects}.rejects`)).toBe(false);
  });

  test('they become tickets with their own time when the hub runs, and what normalise printed may be imported', async () => {
    await connect(...WEBHOOK);
    const token = (await bench.run(['token', 'create'])).out.trim();
    const body = { id: 'm-9', customer: { id: 'C-9' }, text: 'imported from normalise' };
    const { out } = await bench.run(['normalise', 'webhook'], { input: JSON.stringify(body) });
    const file = bench.path('drafts.jsonl');
    writeFileSync(file, `${draft('a')}\n${out}`);
    const hub = await bench.start();
    const imported = await bench.run(['import', file, '--connection', 'shop', '--json']);
    expect(summaryOf(imported)).toMatchObject({ new: 2, refused: 0 });
    const headers = { authorization: `Bearer ${token}` };
    const tickets = await until('two tickets', async () => {
      const page = await fetch(`${hub.url}/api/v1/tickets`, { headers });
      const { items } = (await page.json()) as {
        items: readonly { times: { openedAt: string } }[];
      };
      return items.length === 2 ? items : null;
    });
    expect(tickets.map(({ times }) => times.openedAt)).toContain('2025-03-01T10:00:00.000Z');
    await hub.stop();
  });

  test.each([
    ['unknown.jsonl', ['--connection', 'nowhere'], /there is no connection nowhere/],
    ['mails.mbox', ['--connection', 'shop'], /is not an mbox/],
  ])('%s with %j is refused before anything is read', async (name, more, sentence) => {
    await connect(...WEBHOOK);
    writeFileSync(bench.path(name), 'hello\n');
    const { code, err } = await bench.run(['import', bench.path(name), ...more]);
    expect(err).toMatch(sentence);
    expect(code).toBe(2);
  });
});

describe('an mbox', () => {
  const mbox = [
    'From anna@customer.example Sat Mar  1 10:00:00 2025',
    'From: Anna <anna@customer.example>',
    'Subject: first',
    'Message-ID: <1@customer.example>',
    '',
    '>From the start it leaked.',
    '',
    'From MAILER-DAEMON Sun Mar  2 11:00:00 2025',
    'From: Bo <bo@customer.example>',
    'Subject: second',
    'Message-ID: <2@customer.example>',
    '',
    'From here on it is one mail: this line has no date.',
    '',
  ].join('\n');

  test('becomes envelopes, once, and tickets when the hub runs', async () => {
    await connect(...MAIL);
    const token = (await bench.run(['token', 'create'])).out.trim();
    const file = bench.path('old.mbox');
    writeFileSync(file, mbox);
    const args = ['import', file, '--connection', 'old-mail', '--json'];
    expect(summaryOf(await bench.run(args))).toMatchObject({ new: 2, known: 0, refused: 0 });
    expect(summaryOf(await bench.run(args))).toMatchObject({ new: 0, known: 2 });
    const hub = await bench.start();
    const headers = { authorization: `Bearer ${token}` };
    const subjects = await until('two tickets', async () => {
      const page = await fetch(`${hub.url}/api/v1/tickets`, { headers });
      const { items } = (await page.json()) as { items: readonly { subject: string }[] };
      return items.length === 2 ? items.map(({ subject }) => subject) : null;
    });
    expect([...subjects].sort()).toEqual(['first', 'second']);
    await hub.stop();
  });

  test('goes to a connection that takes mails only', async () => {
    await connect(...WEBHOOK);
    writeFileSync(bench.path('old.mbox'), mbox);
    const { code, err } = await bench.run([
      'import',
      bench.path('old.mbox'),
      '--connection',
      'nope',
    ]);
    expect(err).toMatch(/there is no connection nope/);
    expect(code).toBe(2);
    const without = await bench.run(['import', bench.path('old.mbox')]);
    expect(without).toMatchObject({
      code: 2,
      err: expect.stringContaining('--connection') as string,
    });
  });
});
