import type { Readable } from 'node:stream';
import type { Wiring } from './wiring.js';

/** 0 ok, 1 failed, 2 bad usage or set up wrongly. */
export type ExitCode = 0 | 1 | 2;

/** Of every command that prints data. */
export interface JsonOption {
  readonly json?: boolean;
}

/** What every command is given: where it speaks, and the way to the house. */
export interface Shell {
  /** Loads the composition root; only commands that need it pay for it. */
  readonly main: () => Promise<Wiring>;
  /** One line of result on standard output. */
  readonly out: (line: string) => void;
  /** One line for the person on standard error. */
  readonly err: (line: string) => void;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** True when standard error is a terminal, which can redraw a line. */
  readonly terminal: boolean;
  /** Makes a commander action whose result is the exit code. */
  readonly does: <A extends unknown[]>(
    action: (...args: A) => Promise<ExitCode>,
  ) => (...args: A) => Promise<void>;
}

/** Why a command ends, in one sentence with the way out. */
export class CommandProblem extends Error {
  readonly exitCode: ExitCode;
  constructor(sentence: string, exitCode: ExitCode = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

export function usage(sentence: string): CommandProblem {
  return new CommandProblem(sentence, 2);
}
