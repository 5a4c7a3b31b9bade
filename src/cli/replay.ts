import { Command } from 'commander';
import type { Operations } from './data/operations.js';
import { openProgress } from './progress.js';
import { explained, READS_THE_DATA } from './explained.js';
import { readIds } from './ids.js';
import { CommandProblem, usage, type ExitCode, type JsonOption, type Shell } from './shell.js';
import { withOperations } from './with-operations.js';

const BATCH = 500;

interface ReplayOptions extends JsonOption {
  readonly quarantine?: boolean;
  readonly envelope?: readonly string[];
}

export function replayCommand(shell: Shell): Command {
  const command = new Command('replay')
    .description(
      'read envelopes again from the start, after a mapping or a connector was mended · 重新处理原始报文',
    )
    .option('--quarantine', 'everything in quarantine')
    .option('--envelope <id...>', 'these envelopes')
    .option('--json', 'as JSON')
    .action(shell.does((options: ReplayOptions) => replay(shell, options)));
  return explained(command, {
    about: [READS_THE_DATA, 'What became a message before stays one message.'],
    examples: ['replay --quarantine', 'replay --envelope 17 18'],
    exits: ['put back to the start', 'an envelope is not there'],
  });
}

async function replay(
  shell: Shell,
  { quarantine, envelope, json }: ReplayOptions,
): Promise<ExitCode> {
  if ((quarantine === true) === (envelope !== undefined)) {
    throw usage('say what to replay: --quarantine, or --envelope with ids');
  }
  return withOperations<ExitCode>(shell, async ({ operations, served }) => {
    const replayed =
      envelope === undefined
        ? await replayQuarantine(shell, operations)
        : await replayChosen(operations, readIds(envelope));
    const when = served ? '' : '; they are read when the hub starts';
    if (json === true) shell.out(JSON.stringify({ replayed }));
    else if (replayed === 0) shell.out('nothing to do: nothing is in quarantine');
    else shell.out(`${replayed} envelope${replayed === 1 ? '' : 's'} put back to the start${when}`);
    return 0;
  });
}

async function replayQuarantine(shell: Shell, operations: Operations): Promise<number> {
  let page = await operations.quarantined({ after: 0, limit: BATCH });
  const progress = await openProgress(shell, { label: 'replaying', total: page.total });
  let done = 0;
  while (page.ids.length > 0) {
    done += (await operations.replay({ ids: page.ids })).length;
    progress.at(done);
    page = await operations.quarantined({ after: page.ids.at(-1) ?? 0, limit: BATCH });
  }
  progress.end();
  return done;
}

async function replayChosen(operations: Operations, ids: readonly number[]): Promise<number> {
  const replayed = await operations.replay({ ids });
  const missing = ids.filter((id) => !replayed.includes(id));
  if (missing.length === 0) return replayed.length;
  throw new CommandProblem(
    `${replayed.length} put back; there is no envelope ${missing.slice(0, 20).join(', ')}`,
  );
}
