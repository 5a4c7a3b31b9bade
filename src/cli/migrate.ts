import { Command } from 'commander';
import { explained } from './explained.js';
import type { ExitCode, JsonOption, Shell } from './shell.js';

export function migrateCommand(shell: Shell): Command {
  const command = new Command('migrate')
    .description(
      'bring the database to this version (a scaled installation does it once, stopped) · 升级数据库结构',
    )
    .option('--json', 'as JSON')
    .action(shell.does((options: JsonOption) => migrate(shell, options)));
  return explained(command, {
    about: [
      'Works on HUBBUB_DATABASE_URL, which it does not copy: take a pg_dump first. The embedded database is copied, and brought up to date by every start.',
    ],
    examples: ['migrate'],
    exits: ['the database is at this version', 'it is not'],
  });
}

async function migrate(shell: Shell, { json }: JsonOption): Promise<ExitCode> {
  const { loadForCommand } = await import('./configuration.js');
  const loaded = loadForCommand();
  const { databaseUrl } = loaded.config.data;
  if (databaseUrl === null) {
    // Opening the embedded database copies and migrates it.
    await (await (await shell.main()).openHouse(loaded)).close();
    shell.out(json === true ? '{"ran":null}' : 'the embedded database is at this version');
    return 0;
  }
  const [{ openPostgres }, { migrate: run }] = await Promise.all([
    import('../store/postgres.js'),
    import('../store/migrate.js'),
  ]);
  const store = openPostgres(databaseUrl);
  try {
    const ran = await run(store);
    const told = ran.length === 0 ? 'nothing to do' : `done: ${ran.join(', ')}`;
    shell.out(json === true ? JSON.stringify({ ran }) : told);
    return 0;
  } finally {
    await store.close();
  }
}
