import { Command } from 'commander';
import type { ExitCode, Shell } from './shell.js';

export function migrateCommand(shell: Shell): Command {
  return new Command('migrate')
    .description(
      'bring the database to this version (a scaled installation does it once, stopped) · 升级数据库结构',
    )
    .action(shell.does(() => migrate(shell)));
}

async function migrate(shell: Shell): Promise<ExitCode> {
  const { loadForCommand } = await import('./configuration.js');
  const loaded = loadForCommand();
  const { databaseUrl } = loaded.config.data;
  if (databaseUrl === null) {
    // Opening the embedded database copies and migrates it.
    await (await (await shell.main()).openHouse(loaded)).close();
    shell.out('the embedded database is at this version');
    return 0;
  }
  const [{ openPostgres }, { migrate: run }] = await Promise.all([
    import('../store/postgres.js'),
    import('../store/migrate.js'),
  ]);
  const store = openPostgres(databaseUrl);
  try {
    const ran = await run(store);
    shell.out(ran.length === 0 ? 'nothing to do' : `done: ${ran.join(', ')}`);
    return 0;
  } finally {
    await store.close();
  }
}
