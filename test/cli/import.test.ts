import { DatabaseSync } from '@photostructure/sqlite';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { until } from '../hub.js';
import { openBench, type Bench } from './hubbub.js';
import type { Ended } from './order.js';

// The real program is run; a busy machine may take its time.
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

    expect(readFileSync(`${rejects}.txt`, 'utf8')).toMatch(
      /^line 2: not valid JSON.*\nline 5: kind: /,
    );

    writeFileSync(rejects, `${draft('d')}\n`);
    const again = summaryOf(await bench.run(args));
    expect(again).toMatchObject({ new: 0, known: 2, rejects: `${file}.rejects.2` });
    expect(readFileSync(rejects, 'utf8')).toBe(`${draft('d')}\n`);
    const mended = await bench.run(['import', rejects, '--connection', 'shop', '--json']);
    expect(mended.code).toBe(0);
    expect(existsSync(`${rejects}.rejects`)).toBe(false);
  });

  test('a misspelt field and a message without words are refused, each with its way out', async () => {
    await connect(...WEBHOOK);
    const file = bench.path('typo.jsonl');
    const lines = [
      draft('a', { txt: 'x' }),
      draft('b', { text: ' ' }),
      draft('c'),
      draft('d', { sender: { handle: 'C-1', nmae: 'Zhang' } }),
    ];
    writeFileSync(file, lines.join('\n'));
    const { err, out } = await bench.run(['import', file, '--connection', 'shop', '--json']);
    expect(err).toContain('line 1: a draft has no field "txt": did you mean text?');
    expect(err).toContain('line 2: it says nothing');
    expect(err).toContain('line 4: a draft has no field "sender.nmae": did you mean sender.name?');
    expect(JSON.parse(out)).toMatchObject({ new: 1, refused: 3 });
  });

  test('that name no connection are refused in one sentence, with the connections there are', async () => {
    await connect(...WEBHOOK);
    const file = bench.path('nobodys.jsonl');
    writeFileSync(file, `${draft('a')}\n\n${draft('b')}\nno json`);
    const { code, err } = await bench.run(['import', file]);
    expect(err.trimEnd()).toBe(
      'nothing imported: its drafts name no connection, so say whose they are with --connection (there are: shop)',
    );
    expect(code).toBe(2);
    expect(existsSync(`${file}.rejects`)).toBe(false);
    writeFileSync(file, `${draft('a', { connection: 'shop' })}\n${draft('b')}`);
    const mixed = await bench.run(['import', file, '--json']);
    expect(mixed.err).toContain('line 2: it names no connection: give one with --connection');
    expect(summaryOf(mixed)).toMatchObject({ new: 1, refused: 1 });
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

  test('stopped half-way says so, and the same command takes the rest', async () => {
    await connect(...WEBHOOK);
    const file = bench.path('long.jsonl');
    const all = 15_000;
    writeFileSync(file, Array.from({ length: all }, (_, i) => draft(String(i))).join('\n'));
    const args = ['import', file, '--connection', 'shop', '--json'];
    const begun = bench.launch(args);
    const database = new DatabaseSync(`${bench.data}/hubbub.db`, { readOnly: true });
    const first = database.prepare('select id from drafts limit 1');
    await until('a first batch', () => Promise.resolve(first.get() !== undefined));
    database.close();
    begun.child.kill('SIGINT');
    const stopped = await begun.ended;
    expect(stopped.code).toBe(1);
    const half = summaryOf(stopped) as { new: number; stopped: boolean };
    expect(half).toMatchObject({ stopped: true, refused: 0 });
    expect(half.new).toBeLessThan(all);
    const rest = await bench.run(args);
    expect(summaryOf(rest)).toEqual({
      ...{ new: all - half.new, known: half.new, refused: 0, rejects: null },
    });
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

  test('is refused, with the way out, by a connection that reads no mails', async () => {
    await connect(...WEBHOOK);
    writeFileSync(bench.path('old.mbox'), mbox);
    const args = ['import', bench.path('old.mbox')];
    const alone = await bench.run([...args, '--connection', 'shop']);
    expect(alone.err).toMatch(/shop \(webhook\) reads no mails.*connections add --connector email/);
    await connect(...MAIL);
    const beside = await bench.run([...args, '--connection', 'shop']);
    expect(beside.err).toMatch(/name a connection that does, old-mail/);
    const without = await bench.run(args);
    expect(without.err).toContain('--connection');
    expect([alone.code, beside.code, without.code]).toEqual([2, 2, 2]);
  });
});
