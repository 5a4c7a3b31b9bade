/** One draft or mail of a file, with its place in it. */
export interface Piece {
  /** Line of the file at which it begins, from 1. */
  readonly line: number;
  /** Bytes of the file that are its own, from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
  /** Null: longer than allowed. */
  readonly bytes: Buffer | null;
  /** When it came, milliseconds UTC, where the file says so. */
  readonly receivedAt: number | null;
}
