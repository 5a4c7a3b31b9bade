import { closeSync, createReadStream, existsSync, openSync, writeSync } from 'node:fs';
import type { Piece } from './piece.js';

/**
 * What could not be imported, byte for byte, in a file that can be mended and imported itself. Why
 * stands in another one beside it (`….txt`), a line each, under the line's number in the import.
 */
export interface Rejects {
  readonly path: string;
  keep(piece: Piece, why: string): Promise<void>;
  close(): void;
}

export function openRejects(file: string): Rejects {
  const path = freePath(file);
  let handles: { readonly lines: number; readonly reasons: number } | null = null;
  return {
    path,
    async keep({ start, end, line }, why) {
      handles ??= { lines: openSync(path, 'wx'), reasons: openSync(`${path}.txt`, 'wx') };
      // The end of a stream is the last byte itself.
      for await (const chunk of createReadStream(file, { start, end: end - 1 })) {
        writeSync(handles.lines, chunk as Buffer);
      }
      writeSync(handles.reasons, `line ${line}: ${why.replaceAll(/\s+/g, ' ')}\n`);
    },
    close() {
      if (handles !== null) for (const handle of Object.values(handles)) closeSync(handle);
      handles = null;
    },
  };
}

/** One that is there may have been mended by hand: it is never written over. */
function freePath(file: string): string {
  const taken = (path: string): boolean => existsSync(path) || existsSync(`${path}.txt`);
  let path = `${file}.rejects`;
  for (let n = 2; taken(path); n += 1) path = `${file}.rejects.${n}`;
  return path;
}
