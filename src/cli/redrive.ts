import { Command } from 'commander';
import type { Redriven } from './data/operations.js';
import { explained, READS_THE_DATA } from './explained.js';
import { readIds } from './ids.js';
import type { ExitCode, Shell } from './shell.js';
import { withOperations } from './with-operations.js';

interface RedriveOptions {
  readonly delivery?: readonly string[];
  readonly json?: boolean;
}

export function redriveCommand(shell: Shell): Command {
  const command = new Command('redrive')
    .description(
      'put dead letters back to work: messages that could not be filed, replies that failed · 重新处理失败的消息与回复',
    )
    .option(
      '--delivery <id...>',
      'these deliveries, whatever they failed of (default: those that failed by a defect or after too many tries)',
    )
    .option('--json', 'as JSON')
    .action(shell.does((options: RedriveOptions) => redrive(shell, options)));
  return explained(command, {
    about: [READS_THE_DATA],
    examples: ['redrive', 'redrive --delivery 12 13'],
    exits: ['done', 'one of the named deliveries cannot be sent again'],
  });
}

async function redrive(shell: Shell, { delivery, json }: RedriveOptions): Promise<ExitCode> {
  const deliveries = delivery === undefined ? null : readIds(delivery);
  return withOperations<ExitCode>(shell, async ({ operations, served }) => {
    const done = await operations.redrive({ deliveries });
    const when = served ? '' : '; they are worked on when the hub starts';
    shell.out(json === true ? JSON.stringify(done) : told(done, when));
    return deliveries !== null && done.deliveries < deliveries.length ? 1 : 0;
  });
}

function told({ drafts, deliveries }: Redriven, when: string): string {
  if (drafts + deliveries === 0) return 'nothing to do: there is no dead letter';
  return `${drafts} messages and ${deliveries} replies back to work${when}`;
}
