/**
 * One command as it came over the wire: lines as text (one character a byte), literals as bytes between them.
 * `a APPEND x {3}⏎abc⏎` comes out as `['a APPEND x ', <abc>, '']`.
 */
export type RawCommand = readonly (string | Buffer)[];

export interface CommandReader {
  /** Takes what the socket gave; calls back for every command that is whole by now. */
  feed(chunk: Buffer): void;
}

export interface ReaderEvents {
  readonly onCommand: (command: RawCommand) => void;
  /** The client waits for leave to send a literal (RFC 3501, 4.3). */
  readonly onLiteralAnnounced: () => void;
  /** A line or literal is larger than this server takes. Nothing more is read. */
  readonly onTooLarge: () => void;
}

const MAX_LINE_BYTES = 64 * 1024;
const MAX_LITERAL_BYTES = 64 * 1024 * 1024;
const MAX_PARTS = 64;
const LITERAL_MARK = /\{([0-9]{1,10})(\+?)\}$/;

/** A reader at the beginning of a connection. */
export function createCommandReader(events: ReaderEvents): CommandReader {
  const state: ReaderState = { parts: [], literalBytes: null, isDead: false };
  let chunks: Buffer[] = [];
  let size = 0;
  return {
    feed(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      // A large literal arrives in many chunks; they are joined once, when it is whole.
      if (state.isDead || size < (state.literalBytes ?? 0)) return;
      let waiting: Buffer = Buffer.concat(chunks);
      let rest = takeOne(state, waiting, events);
      while (rest !== null) {
        waiting = rest;
        rest = takeOne(state, waiting, events);
      }
      if (state.literalBytes === null && waiting.length > MAX_LINE_BYTES) refuse(state, events);
      chunks = [waiting];
      size = waiting.length;
    },
  };
}

interface ReaderState {
  /** What of the current command was read. */
  parts: (string | Buffer)[];
  /** Length of the literal that comes next; null if a line comes. */
  literalBytes: number | null;
  isDead: boolean;
}

/** Takes one line or literal off the front of `waiting`; null if there is none that is whole. */
function takeOne(state: ReaderState, waiting: Buffer, events: ReaderEvents): Buffer | null {
  if (state.isDead) return null;
  if (state.literalBytes !== null) {
    const bytes = state.literalBytes;
    if (waiting.length < bytes) return null;
    state.parts.push(waiting.subarray(0, bytes));
    state.literalBytes = null;
    return waiting.subarray(bytes);
  }
  const end = waiting.indexOf('\n');
  if (end < 0) return null;
  takeLine(state, waiting.subarray(0, end).toString('latin1').replace(/\r$/, ''), events);
  return waiting.subarray(end + 1);
}

function takeLine(state: ReaderState, line: string, events: ReaderEvents): void {
  const mark = LITERAL_MARK.exec(line.slice(-14));
  if (mark === null) {
    const command = [...state.parts, line];
    state.parts = [];
    events.onCommand(command);
    return;
  }
  const bytes = Number(mark[1]);
  state.literalBytes = bytes;
  state.parts.push(line.slice(0, line.length - mark[0].length));
  if (bytes > MAX_LITERAL_BYTES || state.parts.length > MAX_PARTS) refuse(state, events);
  else if (mark[2] === '') events.onLiteralAnnounced();
}

function refuse(state: ReaderState, events: ReaderEvents): void {
  state.isDead = true;
  events.onTooLarge();
}
