import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openBench, type Bench } from './hubbub.js';

/** A world of five messages: one complaint told on two channels, two others, and a question. */

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 8, minute)).toISOString();
const message = (id: string, conversation: string, minute: number, text: string): object => ({
  ...{ id, conversation, text, connection: conversation.slice(0, 2), channel: 'chat' },
  ...{ kind: 'message', receivedAt: at(minute), sender: { handle: conversation } },
});
const MESSAGES = [
  message('m1', 'ca1', 0, 'the kettle of order KD20261101774 arrived broken, please refund it'),
  message('m2', 'cb1', 5, '订单 KD20261101774 的水壶收到就碎了，要求退款'),
  message('m3', 'ca2', 6, 'the jacket of order KD20261108825 was never delivered'),
  message('m4', 'ca1', 7, 'anybody there?'),
  message('m5', 'cb2', 9, '请问台灯双十二会降价吗'),
];
const truth = (id: string, conversation: string, complaint: string, parent: string | null) => ({
  ...{ id, conversation, complaint, parent, channel: 'chat', language: 'en' },
  ...{ customer: `of ${complaint}`, difficulty: 'easy', reason: ['order'] },
});
const TRUTH = [
  truth('m1', 'ca1', 'k1', null),
  truth('m2', 'cb1', 'k1', 'm1'),
  truth('m3', 'ca2', 'k2', null),
  truth('m4', 'ca1', 'k1', 'm1'),
  truth('m5', 'cb2', 'n1', null),
];
const lines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

let bench: Bench;
beforeAll(() => {
  bench = openBench();
  writeFileSync(bench.path('messages.jsonl'), lines(MESSAGES));
  writeFileSync(bench.path('truth.jsonl'), lines(TRUTH));
});
afterAll(() => bench.end());

const evaluate = (...more: readonly string[]) =>
  bench.run(['evaluate', 'dedup', '--messages', bench.path('messages.jsonl'), ...more]);

test('evaluate dedup files the messages, says where they went, and does so again to the byte', async () => {
  for (const run of ['one', 'two']) {
    const { code, out } = await evaluate(
      ...['--assignments', bench.path(`${run}.jsonl`), '--suggestions', bench.path(`${run}.asks`)],
    );
    expect([code, out]).toEqual([0, expect.stringContaining('5 messages on 3 tickets')]);
  }
  const written = (name: string): string => readFileSync(bench.path(name), 'utf8');
  expect(written('one.jsonl')).toBe(
    lines([
      { id: 'm1', ticket: 'HB-1' },
      { id: 'm2', ticket: 'HB-1' },
      { id: 'm3', ticket: 'HB-3' },
      { id: 'm4', ticket: 'HB-1' },
      { id: 'm5', ticket: 'HB-4' },
    ]),
  );
  expect([written('two.jsonl'), written('two.asks')]).toEqual([
    written('one.jsonl'),
    written('one.asks'),
  ]);
});

test('evaluate dedup scores it against the truth', async () => {
  const { code, out } = await evaluate('--truth', bench.path('truth.jsonl'), '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    messages: 5,
    tickets: 3,
    headline: {
      ...{ crossPrecision: 1, linkRecallAuto: 1, complaintsFoundAuto: 1, customerMixRate: 0 },
      wrongMergesPer1000Tickets: 0,
    },
    bcubed: { precision: 1, recall: 1, f1: 1 },
    links: { byReason: { order: { links: 1, recallAuto: 1 } } },
  });
});

test('a line that is no draft is named with its number', async () => {
  writeFileSync(bench.path('bad.jsonl'), `${lines(MESSAGES.slice(0, 1))}{"id":"m2"}\n`);
  const args = ['evaluate', 'dedup', '--messages', bench.path('bad.jsonl')];
  const { code, err } = await bench.run(args);
  expect([code, err]).toEqual([2, expect.stringContaining('bad.jsonl:2: connection')]);
});

test('a rule that is wrong is named with file, line and value, and nothing starts', async () => {
  mkdirSync(bench.path('config'));
  writeFileSync(bench.path('config/matching.yaml'), 'decision:\n  auto: high\n');
  const { code, err } = await bench.run(
    ['evaluate', 'dedup', '--messages', bench.path('messages.jsonl')],
    { env: { HUBBUB_CONFIG_DIR: bench.path('config') } },
  );
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/config\/matching\.yaml:2: decision\.auto is "high".*matching\.yaml/),
  ]);
});

test('matching fit prints the change and writes what changed alone', async () => {
  const args = ['--messages', bench.path('messages.jsonl'), '--truth', bench.path('truth.jsonl')];
  const fitted = bench.path('fitted.yaml');
  const { code, out } = await bench.run(['matching', 'fit', ...args, '--write', fitted, '--json']);
  expect(code).toBe(0);
  const { pairs, same } = JSON.parse(out) as { pairs: number; same: number };
  expect([pairs > 0, same]).toEqual([true, 1]);
  expect(readFileSync(fitted, 'utf8')).not.toContain('blocking');
});

test('matching explain says why not, when a ticket is not there', async () => {
  await bench.run(['token', 'create']);
  const { code, err } = await bench.run(['matching', 'explain', '1', '2']);
  expect([code, err]).toEqual([1, expect.stringContaining('there is no ticket 1')]);
});
