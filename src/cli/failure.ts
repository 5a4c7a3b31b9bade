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

/** One sentence for the person, or a line for each of several mistakes; the stack only for who asked for it. */
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
  if (!SET_UP_WRONGLY.has(error.constructor.name)) return null;
  const { mistakes = [] } = error as { readonly mistakes?: readonly string[] };
  return { sentence: mistakes.length > 1 ? listOf(mistakes) : sentence, exitCode: 2 };
}

/** So many are mended at once; a file in which everything is wrong has no need of more. */
const MOST_MISTAKES = 20;

function listOf(mistakes: readonly string[]): string {
  const lines = mistakes.slice(0, MOST_MISTAKES).map((mistake) => `  ${oneLine(mistake)}`);
  const more = mistakes.length - lines.length;
  return [
    `there are ${mistakes.length} mistakes to mend:`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

function oneLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
