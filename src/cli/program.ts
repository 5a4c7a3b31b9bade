import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { INSTALLATION } from '../config/paths.js';
import { backupCommand } from './backup.js';
import { connectionsCommand } from './connections.js';
import { connectorsCommand } from './connectors.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { failureOf } from './failure.js';
import { importCommand } from './import.js';
import { mappingCommand } from './mapping.js';
import { matchingCommand } from './matching.js';
import { migrateCommand } from './migrate.js';
import { normaliseCommand } from './normalise.js';
import { redriveCommand } from './redrive.js';
import { replayCommand } from './replay.js';
import type { ExitCode, Shell } from './shell.js';
import { startCommand } from './start.js';
import { tokenCommand } from './token.js';
import type { Wiring } from './wiring.js';

/** The table of contents of the command line. */
const COMMANDS: readonly ((shell: Shell) => Command)[] = [
  startCommand,
  demoCommand,
  migrateCommand,
  connectorsCommand,
  connectionsCommand,
  tokenCommand,
  normaliseCommand,
  mappingCommand,
  importCommand,
  evaluateCommand,
  matchingCommand,
  replayCommand,
  redriveCommand,
  doctorCommand,
  backupCommand,
];

/** The command line; returns the exit code: 0 ok, 1 failed, 2 bad usage. */
export async function runCommand(
  argv: readonly string[],
  main: () => Promise<Wiring>,
  stdin: Readable = process.stdin,
): Promise<ExitCode> {
  let code: ExitCode = 0;
  const shell: Shell = {
    main,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    stdin,
    terminal: process.stderr.isTTY,
    does:
      (action) =>
      async (...args) => {
        code = await action(...args);
      },
  };
  try {
    await program(shell).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { sentence, exitCode } = failureOf(error);
    shell.err(sentence);
    return exitCode;
  }
}

function program(shell: Shell): Command {
  const root = new Command('hubbub')
    .description(
      'Many channels in, one ticket, the answer back out.\n多渠道投诉汇成一张工单，回复原路送达。',
    )
    .version(version(), '-V, --version')
    .showHelpAfterError('(--help says what this command takes)');
  for (const command of COMMANDS) root.addCommand(command(shell));
  everyCommand(root, (command) => {
    command
      .exitOverride()
      .helpOption('-h, --help', 'say what this command does')
      .copyInheritedSettings(root);
  });
  return root;
}

function everyCommand(command: Command, apply: (command: Command) => void): void {
  apply(command);
  for (const below of command.commands) everyCommand(below, apply);
}

function version(): string {
  const text = readFileSync(join(INSTALLATION, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
