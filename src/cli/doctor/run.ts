import { loadConfig, type Loaded } from '../../config/load.js';
import { unknownVariables } from '../../config/variables.js';
import { readDoorFile, isOpen } from '../data/through-door.js';
import type { ExitCode, JsonOption, Shell } from '../shell.js';
import { checked, note, ok, type Finding } from './finding.js';
import { examineData } from './data.js';
import { examineProgram } from './program-files.js';
import { examineServices } from './services.js';

/** 0 when nothing is wrong, 1 otherwise. */
export async function examine(shell: Shell, { json }: JsonOption): Promise<ExitCode> {
  const findings = await findingsOf(shell);
  if (json === true) shell.out(JSON.stringify(findings, null, 2));
  else for (const finding of findings) shell.out(lineOf(finding));
  return findings.some(({ level }) => level === 'wrong') ? 1 : 0;
}

async function findingsOf(shell: Shell): Promise<readonly Finding[]> {
  const loaded: { value?: Loaded } = {};
  const configuration = await checked('configuration', 'mend that value', () => {
    loaded.value = loadConfig();
    const { configDir } = loaded.value.environment;
    return [ok('configuration', configDir === null ? 'defaults and environment' : configDir)];
  });
  const { value } = loaded;
  if (value === undefined) return configuration;
  const file = value.config.data.databaseUrl === null ? readDoorFile(value.config.data.dir) : null;
  const served = file !== null && (await isOpen(file)) ? file.url : null;
  return [
    ...configuration,
    ...unknownVariables().map((text) => note('environment', text, 'rename it, or unset it')),
    ...(await examineProgram(shell, value)),
    ...(await examineData(value, served, await connectorNames(shell))),
    ...(await examineServices(value)),
  ];
}

/** Where they cannot be loaded, `examineProgram` says so. */
async function connectorNames(shell: Shell): Promise<ReadonlySet<string>> {
  return new Set((await (await shell.main()).loadConnectors().catch(() => new Map())).keys());
}

const MARKS = { ok: 'ok   ', note: 'note ', wrong: 'WRONG' } as const;

function lineOf({ level, what, text, next }: Finding): string {
  return `${MARKS[level]}  ${what}: ${text}${next === undefined ? '' : `\n       → ${next}`}`;
}
