import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockData } from './lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockFile = (): string => join(folder, 'hubbub.lock');

/** Another process that takes the lock of this folder and lives until it is killed. */
async function holder(): Promise<{ readonly pid: number; kill(): Promise<void> }> {
  const program = `import(${JSON.stringify(new URL('./lock.js', import.meta.url).href)}).then(({ lockData }) => {
    console.log(JSON.stringify(lockData(${JSON.stringify(folder)})));
    setInterval(() => undefined, 1000);
  })`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  return {
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('a data folder has one serving process, and a second one hears which', async () => {
  const other = await holder();
  expect(lockData(folder)).toEqual({ ok: false, pid: other.pid });
  await other.kill();
});

test('the lock of a process that was killed is taken over', async () => {
  const other = await holder();
  await other.kill();
  const mine = lockData(folder);
  expect(mine.ok).toBe(true);
  expect(readFileSync(lockFile(), 'utf8')).toContain(String(process.pid));
});

test('a lock that is given back leaves nothing', () => {
  const mine = lockData(folder);
  if (!mine.ok) throw new Error('it should be free');
  expect(readdirSync(folder)).toEqual(['hubbub.lock']);
  mine.release();
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['', 'nonsense', '0 0', '-1 5', '99999999 1', `${process.ppid} 12345`])(
  'a lock file that names nobody who lives (%j) is taken over',
  (content) => {
    writeFileSync(lockFile(), content);
    expect(lockData(folder).ok).toBe(true);
  },
);

test('the folder is made when it is not there', () => {
  expect(lockData(join(folder, 'deep', 'down')).ok).toBe(true);
});
