import { environmentVariable } from '../config/variable.js';
import { CommandProblem, type ExitCode } from './shell.js';

/** Told apart by name: their rooms load the database, the ciphers and the schemas, which --help needs not. */
const SET_UP_WRONGLY: ReadonlySet<string> = new Set([
  'ConfigProblem',
  'StartProblem',
  'StoreProblem',
  'VaultProblem',
]);

export interface Failure {
  readonly sentence: string;
  readonly exitCode: ExitCode;
}

/** One sentence for the person; the stack only for who asked for it. */
export function failureOf(error: unknown): Failure {
  const known = knownFailure(error);
  if (known !== null) return known;
  const { stack, message } = error as Error;
  const deep = environmentVariable('HUBBUB_LOG_LEVEL') === 'debug';
  return {
    sentence: deep
      ? (stack ?? String(error))
      : `hubbub failed: ${oneLine(message)}; this is a defect, HUBBUB_LOG_LEVEL=debug shows where`,
    exitCode: 1,
  };
}

function knownFailure(error: unknown): Failure | null {
  if (!(error instanceof Error)) return null;
  const sentence = oneLine(error.message);
  if (error instanceof CommandProblem) return { sentence, exitCode: error.exitCode };
  return SET_UP_WRONGLY.has(error.constructor.name) ? { sentence, exitCode: 2 } : null;
}

function oneLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
