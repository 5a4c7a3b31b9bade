import { Command } from 'commander';
import type { Redriven, RefusedDelivery } from './data/operations.js';
import { explained, READS_THE_DATA } from './explained.js';
import { readIds } from './ids.js';
import { usage, type ExitCode, type Shell } from './shell.js';
import { HUBBUB } from './typed.js';
import { withOperations } from './with-operations.js';

interface RedriveOptions {
  readonly delivery?: readonly string[];
  readonly evenIfItMayArriveTwice?: boolean;
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
    .option(
      '--even-if-it-may-arrive-twice',
      'with --delivery: also those of which nobody knows whether they arrived · 可能重复送达也重发',
    )
    .option('--json', 'as JSON')
    .action(shell.does((options: RedriveOptions) => redrive(shell, options)));
  return explained(command, {
    about: [READS_THE_DATA],
    examples: [
      'redrive',
      'redrive --delivery 12 13',
      'redrive --delivery 14 --even-if-it-may-arrive-twice',
    ],
    exits: ['done', 'one of the named deliveries is not sent again, and is named with the reason'],
  });
}

async function redrive(
  shell: Shell,
  { delivery, evenIfItMayArriveTwice, json }: RedriveOptions,
): Promise<ExitCode> {
  if (evenIfItMayArriveTwice === true && delivery === undefined) {
    throw usage('--even-if-it-may-arrive-twice needs --delivery with the ids it is said of');
  }
  const deliveries = delivery === undefined ? null : readIds(delivery);
  return withOperations<ExitCode>(shell, async ({ operations, served }) => {
    const done = await operations.redrive({ deliveries, evenIfItMayArriveTwice });
    if (json === true) shell.out(JSON.stringify(done));
    else tell(shell, done, served ? '' : '; they are worked on when the hub starts');
    return done.refused.length > 0 ? 1 : 0;
  });
}

function tell(shell: Shell, { drafts, deliveries, refused }: Redriven, when: string): void {
  if (drafts + deliveries > 0) {
    shell.out(`${drafts} messages and ${deliveries} replies back to work${when}`);
  } else if (refused.length === 0) {
    shell.out('nothing to do: there is no dead letter');
  }
  for (const one of refused) shell.err(whyNot(one));
}

function whyNot({ id, state }: RefusedDelivery): string {
  switch (state) {
    case 'unknown':
      return `there is no delivery ${id}`;
    case 'removed':
      return `delivery ${id} cannot be sent again: its connection was removed; answer on another conversation of the ticket · 其连接已删除，无法重发`;
    case 'uncertain':
    case 'failed':
      return `delivery ${id} may have arrived: look at the platform, then ${HUBBUB} redrive --delivery ${id} --even-if-it-may-arrive-twice · 可能已送达，请先到平台确认`;
    case 'queued':
    case 'sending':
      return `delivery ${id} is ${state}: it leaves by itself · 正在排队，会自动发送`;
    case 'sent':
    case 'delivered':
    case 'read':
      return `delivery ${id} is ${state}: there is nothing to send again · 已发出，无需重发`;
  }
}
