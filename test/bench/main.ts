import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { mail } from './rows/mail.js';
import { matching } from './rows/matching.js';
import { memory } from './rows/memory.js';
import { reply } from './rows/reply.js';
import type { Bench, Measure, Row } from './row.js';
import { start } from './rows/start.js';
import { webhookMany, webhookOne, webhookStored } from './rows/webhook.js';

const SUITES: Readonly<Record<string, Readonly<Record<string, Measure>>>> = {
  intake: {
    'webhook-c32': webhookMany,
    'webhook-c1': webhookOne,
    'webhook-500k': webhookStored,
    mail,
    reply,
    start,
    memory,
  },
  matching: { matching },
};

interface Options {
  readonly json: boolean;
  readonly rows?: readonly string[];
  readonly messages: number;
}

const program = new Command('bench')
  .description('Measures the hub beside the raw limit of the same machine in the same run.')
  .argument('<suite>', `what to measure: ${Object.keys(SUITES).join(', ')}`)
  .option('--json', 'print the rows as a JSON array', false)
  .option(
    '--rows <names>',
    `of intake only these, comma separated: ${Object.keys(SUITES['intake'] ?? {}).join(', ')}`,
    (text) => text.split(','),
  )
  .option('--messages <n>', 'messages in a measured run', count, 20_000)
  .action(async (suite: string, options: Options) => {
    const rows = SUITES[suite];
    if (rows === undefined) {
      return program.error(`there is no suite ${suite}: ${Object.keys(SUITES).join(' and ')} are`, {
        exitCode: 2,
      });
    }
    const unknown = options.rows?.find((name) => rows[name] === undefined);
    if (unknown !== undefined) return program.error(`there is no row ${unknown}`, { exitCode: 2 });
    await measure(rows, options);
  });

function count(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 100) throw new InvalidArgumentError('a whole number from 100');
  return n;
}

async function measure(
  suite: Readonly<Record<string, Measure>>,
  { json, rows = Object.keys(suite), messages }: Options,
): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'hubbub-bench-'));
  const bench: Bench = {
    messages,
    folder(name) {
      const folder = mkdtempSync(join(base, `${name}-`));
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    say: (sentence) => void process.stderr.write(`${sentence}\n`),
  };
  const measured: Row[] = [];
  try {
    for (const name of rows) measured.push(...((await suite[name]?.(bench)) ?? []));
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  process.stdout.write(json ? `${JSON.stringify(measured, null, 2)}\n` : table(measured));
}

function table(rows: readonly Row[]): string {
  const lines = [
    ['row', 'value', 'unit', 'limit', 'ratio'],
    ...rows.map(({ name, value, unit, limit, ratio }) => [
      name,
      String(value),
      unit,
      String(limit),
      String(ratio),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return `${lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

await program.parseAsync(process.argv);
