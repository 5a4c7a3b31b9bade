/** What the process that stays is told to carry out. */
export interface Order {
  readonly args: readonly string[];
  /** Everything the command finds in its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: string;
}

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Written to both streams behind a command: what stands before it is the command's, its log too. */
export const END = '\u0000end of the command\u0000';
