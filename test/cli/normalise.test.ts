import { mkdirSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { openBench, type Bench } from './hubbub.js';

// The real program is run; a busy machine may take its time.
jest.setTimeout(60_000);

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.end());

function linesOf(out: string): readonly Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function mail(subject: string, text: string): string {
  return [
    'From: Zhang <zhang@customer.example>',
    'To: help@shop.example',
    `Subject: ${subject}`,
    `Message-ID: <${subject}@customer.example>`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '',
  ].join('\r\n');
}

test('a folder is read recursively, each line with the file as named, in order', async () => {
  const folder = bench.path('mails');
  mkdirSync(`${folder}/deeper`, { recursive: true });
  writeFileSync(`${folder}/b.eml`, mail('second', '水壶坏了'));
  writeFileSync(`${folder}/a.eml`, mail('first', 'The kettle leaks.'));
  writeFileSync(`${folder}/deeper/c.eml`, mail('third', 'Still no refund.'));
  const { code, out, err } = await bench.run(['normalise', 'email', folder]);
  expect(linesOf(out).map(({ source, subject, text }) => [source, subject, text])).toEqual([
    [`${folder}/a.eml`, 'first', 'The kettle leaks.'],
    [`${folder}/b.eml`, 'second', '水壶坏了'],
    [`${folder}/deeper/c.eml`, 'third', 'Still no refund.'],
  ]);
  expect(err).toBe('');
  expect(code).toBe(0);
});

test('input that cannot be read gives a line with its error, the rest goes on, and 1 at the end', async () => {
  writeFileSync(bench.path('no-mail'), Buffer.from([0, 255, 1, 2]));
  writeFileSync(bench.path('good.eml'), mail('good', 'hello'));
  const names = [bench.path('no-mail'), bench.path('missing.eml'), bench.path('good.eml')];
  const { code, out } = await bench.run(['normalise', 'email', ...names]);
  expect(linesOf(out)).toMatchObject([
    { source: names[0], error: expect.any(String) as string },
    { source: names[1], error: 'cannot be read (ENOENT)' },
    { source: names[2], subject: 'good' },
  ]);
  expect(code).toBe(1);
});

test('standard input is a source like any other', async () => {
  const body = { id: 'm-1', customer: { id: 'C-1' }, text: '漏水' };
  const { code, out } = await bench.run(['normalise', 'webhook'], { input: JSON.stringify(body) });
  expect(linesOf(out)).toMatchObject([{ source: '-', id: 'm-1', text: '漏水', kind: 'message' }]);
  expect(code).toBe(0);
});

test('a mailbox of several mails is read as one mail, and the command that takes all is named', async () => {
  const turn = 'From a@b.example Sat Mar  1 10:00:00 2025\n';
  const one = turn + mail('first', 'one').replaceAll('\r\n', '\n');
  writeFileSync(bench.path('old.mbox'), `${one}\n${turn}${mail('second', 'two')}`);
  writeFileSync(bench.path('one.mbox'), one);
  const several = await bench.run(['normalise', 'email', bench.path('old.mbox')]);
  expect(several.err).toContain(`import ${bench.path('old.mbox')} --connection`);
  expect(linesOf(several.out)).toMatchObject([{ subject: 'first' }]);
  expect((await bench.run(['normalise', 'email', bench.path('one.mbox')])).err).toBe('');
});

test('settings of a connection may be given', async () => {
  writeFileSync(bench.path('settings.yaml'), 'items: letters\n');
  const body = {
    letters: [
      { id: 'a', customer: { id: 'C' }, text: 'one' },
      { id: 'b', customer: { id: 'C' }, text: 'two' },
    ],
  };
  const args = ['normalise', 'webhook', '-', '--settings', bench.path('settings.yaml')];
  const { out } = await bench.run(args, { input: JSON.stringify(body) });
  expect(linesOf(out).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('needs no data folder and leaves none', async () => {
  await bench.run(['normalise', 'email', bench.path('good.eml')]);
  const listed = await bench.run(['normalise', 'email', bench.data]);
  expect(listed.out).toContain('ENOENT');
});

test('ten mails of ten thousand parts each are bounded and disturb nobody', async () => {
  const folder = bench.path('hostile');
  mkdirSync(folder);
  const part = '--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n';
  const head =
    'From: a@b.example\r\nSubject: parts\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n';
  for (let i = 0; i < 10; i += 1) writeFileSync(`${folder}/${i}.eml`, head + part.repeat(10_000));
  writeFileSync(`${folder}/z.eml`, mail('after', 'still read'));
  const { out } = await bench.run(['normalise', 'email', folder]);
  const lines = linesOf(out);
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toMatchObject({ source: `${folder}/z.eml`, subject: 'after' });
});
