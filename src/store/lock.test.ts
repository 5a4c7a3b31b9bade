import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockData } from './lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pidFile = (): string => join(folder, 'lock.pid');

/** Another process that takes the lock of this folder and lives until it is killed. */
async function holder(): Promise<{ readonly pid: number; kill(): Promise<void> }> {
  const program = `import(${JSON.stringify(new URL('./lock.js', import.meta.url).href)}).then(({ lockData }) => {
    globalThis.lock = lockData(${JSON.stringify(folder)});
    console.log(JSON.stringify(globalThis.lock));
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
  expect(readFileSync(pidFile(), 'utf8')).toContain(String(process.pid));
});

test('a lock that is given back can be taken again', () => {
  const mine = lockData(folder);
  if (!mine.ok) throw new Error('it should be free');
  mine.release();
  mine.release();
  expect(lockData(folder).ok).toBe(true);
});

test.each(['', 'nonsense', '-1', String(process.pid)])(
  'a holder is a holder whatever its number says (%j), as in another container',
  async (content) => {
    const other = await holder();
    writeFileSync(pidFile(), content);
    const pid = content === String(process.pid) ? process.pid : null;
    expect(lockData(folder)).toEqual({ ok: false, pid });
    await other.kill();
  },
);

test('a number that is left over locks nothing', () => {
  writeFileSync(pidFile(), String(process.ppid));
  expect(lockData(folder).ok).toBe(true);
});

test('the folder is made when it is not there', () => {
  expect(lockData(join(folder, 'deep', 'down')).ok).toBe(true);
});
