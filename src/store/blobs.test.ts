import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { folderBlobs, type Blobs } from './blobs.js';

let folder: string;
let blobs: Blobs;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-blobs-'));
  blobs = folderBlobs(join(folder, 'blobs'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const files = (): readonly string[] =>
  readdirSync(join(folder, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('what is put is found by the hash of its content, and stands there once', async () => {
  const bytes = Buffer.from('hello');
  expect(await blobs.put(bytes)).toBe(HELLO);
  expect(await blobs.put(bytes)).toBe(HELLO);
  expect((await blobs.get(HELLO)).equals(bytes)).toBe(true);
  expect(await text(blobs.stream(HELLO))).toBe('hello');
  expect(files()).toEqual([HELLO]);
});

test('many who put the same at the same time leave one whole file and no drafts', async () => {
  const bytes = Buffer.alloc(300_000, 7);
  const hashes = await Promise.all(Array.from({ length: 8 }, () => blobs.put(bytes)));
  expect(new Set(hashes).size).toBe(1);
  expect(files()).toEqual([hashes[0]]);
  expect((await blobs.get(hashes[0] ?? '')).equals(bytes)).toBe(true);
});

/** Runs a task and tells what it had brought to the disk, in order, below the folder of this test. */
async function synced(task: () => Promise<unknown>): Promise<readonly string[]> {
  const probe = await open(folder, 'r');
  const files = Object.getPrototypeOf(probe) as { sync: FileHandle['sync'] };
  await probe.close();
  const { sync } = files;
  const paths: string[] = [];
  files.sync = function (this: FileHandle) {
    const path = readlinkSync(`/proc/self/fd/${this.fd}`);
    paths.push(path.replace(folder, '').replace(/\.[0-9a-f]{12}$/, '.draft'));
    return sync.call(this);
  };
  try {
    await task();
  } finally {
    files.sync = sync;
  }
  return paths;
}

test('what is put survives a power cut: its bytes, its name, and every folder that was made for it', async () => {
  const put = (): Promise<string> => blobs.put(Buffer.from('hello'));
  const [file, parent] = [`/blobs/2c/${HELLO}`, '/blobs/2c'];
  const first = await synced(put);
  expect(first.slice(-2)).toEqual([`${file}.draft`, parent]);
  expect(first.slice(0, -2).sort()).toEqual(['', '/blobs']);
  // Who finds it there must not promise more than its writer has done yet.
  expect(await synced(put)).toEqual([file, parent]);
});

test('nothing at all has a hash too', async () => {
  const hash = await blobs.put(Buffer.alloc(0));
  expect(await blobs.get(hash)).toHaveLength(0);
});

test('a file that a broken disk cut short is written again', async () => {
  await blobs.put(Buffer.from('hello'));
  truncateSync(join(folder, 'blobs', HELLO.slice(0, 2), HELLO), 3);
  await blobs.put(Buffer.from('hello'));
  expect(String(await blobs.get(HELLO))).toBe('hello');
});

test('what is removed is gone, and removing it twice is no mistake', async () => {
  await blobs.put(Buffer.from('hello'));
  await blobs.remove(HELLO);
  await blobs.remove(HELLO);
  await expect(blobs.get(HELLO)).rejects.toThrow('ENOENT');
});

test.each(['', '../../etc/passwd', `../${HELLO}`, HELLO.toUpperCase(), `${HELLO}0`])(
  'a name that is no hash (%j) is never a path',
  async (name) => {
    writeFileSync(join(folder, 'secret'), 'x');
    await expect(async () => blobs.get(name)).rejects.toThrow('not a SHA-256');
    expect(() => blobs.stream(name)).toThrow('not a SHA-256');
    await expect(async () => blobs.remove(name)).rejects.toThrow('not a SHA-256');
  },
);

test('where nothing can be written, the promise says so and no draft is left', async () => {
  writeFileSync(join(folder, 'blobs'), 'a file in the way');
  await expect(blobs.put(Buffer.from('hello'))).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['blobs']);
});
