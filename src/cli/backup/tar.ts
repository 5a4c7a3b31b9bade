import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createReadStream } from 'node:fs';

const BLOCK = 512;
/** Octal sizes end here; larger ones are written in base 256, as GNU tar and bsdtar read them. */
const MAX_OCTAL_SIZE = 0o77777777777;

/** Writes an archive in the ustar format (POSIX.1-1988), file by file. */
export interface Tar {
  /** `size` must be what the file holds; `progress` is told the bytes as they go. */
  add(name: string, path: string, size: number, progress: (bytes: number) => void): Promise<void>;
  addText(name: string, text: string): void;
  /** The archive is complete and on the disk. */
  end(): void;
}

export function openTar(path: string, now: number): Tar {
  const file = openSync(path, 'wx', 0o600);
  const pad = (size: number): void => {
    const rest = size % BLOCK;
    if (rest > 0) writeSync(file, Buffer.alloc(BLOCK - rest));
  };
  return {
    async add(name, source, size, progress) {
      writeSync(file, headerOf(name, size, now));
      let written = 0;
      if (size > 0) {
        for await (const chunk of createReadStream(source, { end: size - 1 })) {
          written += writeSync(file, chunk as Buffer);
          progress((chunk as Buffer).length);
        }
      }
      if (written !== size) throw new Error(`${source} changed while it was copied`);
      pad(size);
    },
    addText(name, text) {
      const bytes = Buffer.from(text);
      writeSync(file, headerOf(name, bytes.length, now));
      writeSync(file, bytes);
      pad(bytes.length);
    },
    end() {
      writeSync(file, Buffer.alloc(2 * BLOCK));
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/** Names here are short: a blob is `blobs/ab/<64 hex>`. */
function headerOf(name: string, size: number, now: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  writeSize(header, size);
  header.write(
    `${Math.floor(now / 1_000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
  );
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function writeSize(header: Buffer, size: number): void {
  if (size <= MAX_OCTAL_SIZE) {
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
    return;
  }
  header.writeUInt8(0x80, 124);
  header.writeBigUInt64BE(BigInt(size), 128);
}
