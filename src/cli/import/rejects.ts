import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import type { Piece } from './piece.js';

/** What could not be imported, byte for byte, in a file that can be mended and imported itself. */
export interface Rejects {
  readonly path: string;
  keep(piece: Piece): Promise<void>;
  close(): void;
}

export function openRejects(file: string): Rejects {
  const path = `${file}.rejects`;
  rmSync(path, { force: true });
  let handle: number | null = null;
  return {
    path,
    async keep({ start, end }) {
      const into = (handle ??= openSync(path, 'wx'));
      // The end of a stream is the last byte itself.
      for await (const chunk of createReadStream(file, { start, end: end - 1 })) {
        writeSync(into, chunk as Buffer);
      }
    },
    close() {
      if (handle !== null) closeSync(handle);
      handle = null;
    },
  };
}
