import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Larger input is not read at all; mails end at 50 MB. */
export const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/** One input, named as the person named it. Reading gives its bytes, or why there are none. */
export interface Source {
  readonly name: string;
  /** Bytes, where that is known beforehand; 0 else. */
  readonly size: number;
  read(): Promise<Buffer | string>;
}

/** Files as they are, folders by name and recursively, `-` for standard input. */
export async function* sourcesOf(
  names: readonly string[],
  stdin: Readable,
): AsyncGenerator<Source> {
  for (const name of names) {
    if (name === '-') yield { name, size: 0, read: () => readStream(stdin) };
    else if (await isFolder(name)) yield* filesBelow(name);
    else yield await fileSource(name);
  }
}

async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory();
  } catch {
    return false;
  }
}

async function* filesBelow(folder: string): AsyncGenerator<Source> {
  let entries: readonly Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const why = cannotRead(error);
    yield { name: folder, size: 0, read: () => Promise.resolve(why) };
    return;
  }
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield await fileSource(path);
  }
}

async function fileSource(name: string): Promise<Source> {
  const size = await stat(name).then(
    (found) => found.size,
    () => 0,
  );
  return {
    name,
    size,
    async read() {
      try {
        return await readFile(name);
      } catch (error) {
        return cannotRead(error);
      }
    },
  };
}

/** The buffer owns its memory, so that it can be handed to another thread without a copy. */
async function readFile(name: string): Promise<Buffer | string> {
  const file = await open(name);
  try {
    const { size } = await file.stat();
    if (size > MAX_INPUT_BYTES) return tooLarge();
    const bytes = Buffer.from(new ArrayBuffer(size));
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await file.read(bytes, filled, size - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === size ? bytes : bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

async function readStream(stream: Readable): Promise<Buffer | string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) return tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): string {
  return `larger than ${MAX_INPUT_BYTES} bytes`;
}

function cannotRead(error: unknown): string {
  return `cannot be read (${(error as { code?: string }).code ?? String(error)})`;
}
