import { Command } from 'commander';
import { setTimeout } from 'node:timers/promises';
import type { Operations } from './data/operations.js';
import { openProgress } from './progress.js';
import { explained, READS_THE_DATA } from './explained.js';
import { readIds } from './ids.js';
import { CommandProblem, usage, type ExitCode, type JsonOption, type Shell } from './shell.js';
import { HUBBUB } from './typed.js';
import { withOperations } from './with-operations.js';

const BATCH = 500;
/** A running hub reads what is put back at once: what it still cannot read is in quarantine again by then. */
const A_MOMENT = 1_000;

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
  const chosen = envelope === undefined ? null : readIds(envelope);
  return withOperations<ExitCode>(shell, async ({ operations, served }) => {
    const replayed =
      chosen === null
        ? await replayQuarantine(shell, operations)
        : await replayChosen(operations, chosen);
    const back = served && replayed.size > 0 ? await comeBack(operations, replayed) : null;
    if (json === true) shell.out(JSON.stringify({ replayed: replayed.size, back }));
    else for (const line of told(replayed.size, back)) shell.out(line);
    return 0;
  });
}

/** `back` null: no hub has read them yet. */
function told(replayed: number, back: number | null): readonly string[] {
  if (replayed === 0) return ['nothing to do: nothing is in quarantine'];
  const put = `${replayed} envelope${replayed === 1 ? '' : 's'} put back to the start`;
  if (back === null) return [`${put}; they are read when the hub starts`];
  if (back === 0) return [put];
  const why = `${HUBBUB} doctor says why`;
  return [
    put,
    `${back} of them came back at once, nothing is mended for ${back === 1 ? 'it' : 'them'} yet: ${why}`,
  ];
}

async function comeBack(operations: Operations, replayed: ReadonlySet<number>): Promise<number> {
  await setTimeout(A_MOMENT);
  let back = 0;
  let page = await operations.quarantined({ after: 0, limit: BATCH });
  while (page.ids.length > 0) {
    back += page.ids.filter((id) => replayed.has(id)).length;
    page = await operations.quarantined({ after: page.ids.at(-1) ?? 0, limit: BATCH });
  }
  return back;
}

async function replayQuarantine(
  shell: Shell,
  operations: Operations,
): Promise<ReadonlySet<number>> {
  let page = await operations.quarantined({ after: 0, limit: BATCH });
  const progress = await openProgress(shell, { label: 'replaying', total: page.total });
  const done = new Set<number>();
  while (page.ids.length > 0) {
    for (const id of await operations.replay({ ids: page.ids })) done.add(id);
    progress.at(done.size);
    page = await operations.quarantined({ after: page.ids.at(-1) ?? 0, limit: BATCH });
  }
  progress.end();
  return done;
}

async function replayChosen(
  operations: Operations,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  const replayed = await operations.replay({ ids });
  const missing = ids.filter((id) => !replayed.includes(id));
  if (missing.length === 0) return new Set(replayed);
  throw new CommandProblem(
    `${replayed.length} put back; there is no envelope ${missing.slice(0, 20).join(', ')}`,
  );
}
