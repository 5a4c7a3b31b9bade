import { Readable } from 'node:stream';
import { runCommand } from '../../src/cli/program.js';
import { END, type Order } from './order.js';

/** The command line in a process that stays, so that the house is loaded once for many commands. */

process.on('message', (order: Order) => void carryOut(order));
process.on('disconnect', () => process.exit());

async function carryOut({ args, env, input }: Order): Promise<void> {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
  const code = await runCommand(args, () => import('../../src/main.js'), stdin);
  process.stdout.write(END);
  process.stderr.write(END);
  process.send?.(code);
}
