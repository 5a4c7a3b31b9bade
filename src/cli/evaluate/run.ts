import { writeFileSync } from 'node:fs';
import { loadForCommand } from '../configuration.js';
import { usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { fileThrough } from './feed.js';
import { outcomeOf } from './outcome.js';
import { readTruth, sizeOf } from './read.js';
import { printFigures } from './print.js';
import { scoreOf } from './score.js';

export interface EvaluateOptions extends JsonOption {
  readonly messages: string;
  readonly truth?: string;
  readonly assignments?: string;
  readonly suggestions?: string;
}

/** Files all messages on a database of their own, writes down where they went, and scores it if there is a truth. */
export async function evaluateDedup(shell: Shell, options: EvaluateOptions): Promise<ExitCode> {
  const { messages, truth, assignments, suggestions, json } = options;
  sizeOf(messages);
  const rows = truth === undefined ? null : await readTruth(truth);
  const rules = (await shell.main()).readRules(loadForCommand());
  const filed = await fileThrough(shell, { messages, rules }, (trial) => trial.filed());
  if (assignments !== undefined) {
    writeLines(
      assignments,
      filed.messages.map(({ id, ticket }) => ({ id, ticket: `HB-${ticket}` })),
    );
  }
  if (suggestions !== undefined) writeLines(suggestions, filed.suggestions);
  const perSecond = Math.round(filed.messages.length / filed.seconds);
  const speed = { messages: filed.messages.length, messagesPerSecond: perSecond };
  const tickets = new Set(filed.messages.map(({ ticket }) => ticket)).size;
  if (rows === null) {
    const plain = `${speed.messages} messages on ${tickets} tickets, ${filed.suggestions.length} questions, ${perSecond} messages/s`;
    shell.out(json === true ? JSON.stringify({ ...speed, tickets }) : plain);
    return 0;
  }
  const placed = new Map(filed.messages.map(({ id, ticket }) => [id, `HB-${ticket}`]));
  const figures = scoreOf(outcomeOf(rows, placed, filed.suggestions));
  if (json === true) shell.out(JSON.stringify({ ...figures, messagesPerSecond: perSecond }));
  else for (const line of printFigures(figures, perSecond)) shell.out(line);
  return 0;
}

function writeLines(file: string, rows: readonly object[]): void {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw usage(
      `${file} cannot be written (${(error as { code?: string }).code ?? String(error)})`,
    );
  }
}
