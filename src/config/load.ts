import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lineAt, readYaml, yamlValue } from '../model/yaml.js';
import { Config, type Environment } from './config.js';
import { CONFIG_FOLDER } from './paths.js';
import { ConfigProblem, isTree, problemOf, type ConfigFile, type Tree } from './problem.js';

/** Knobs that an environment variable overrides; the variable wins over every file. */
const VARIABLES: Readonly<Record<string, readonly [string, string]>> = {
  HUBBUB_PORT: ['server', 'port'],
  HUBBUB_HOST: ['server', 'host'],
  HUBBUB_PUBLIC_URL: ['server', 'publicUrl'],
  HUBBUB_DATA_DIR: ['data', 'dir'],
  HUBBUB_DATABASE_URL: ['data', 'databaseUrl'],
  HUBBUB_REDIS_URL: ['data', 'redisUrl'],
  HUBBUB_ROLE: ['process', 'role'],
  HUBBUB_LOG_LEVEL: ['process', 'logLevel'],
};

export interface Loaded {
  readonly config: Config;
  readonly environment: Environment;
}

/** The sole reader of `process.env`. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Loaded {
  const base = readFile(join(CONFIG_FOLDER, 'default.yaml'));
  const configDir = env['HUBBUB_CONFIG_DIR'] ?? null;
  const overlay = configDir === null ? null : readOverlay(configDir);
  const merged = layOver(base.value, overlay?.value ?? {});
  takeVariables(merged, env);
  const parsed = Config.safeParse(merged);
  if (!parsed.success) {
    const given = { merged, defaults: base.value, overlay, variableOf: setBy(env) };
    throw problemOf(parsed.error.issues[0], given);
  }
  return { config: withAbsoluteData(parsed.data), environment: environmentOf(env, configDir) };
}

function readOverlay(configDir: string): ConfigFile | null {
  if (!existsSync(configDir)) {
    throw new ConfigProblem(
      `HUBBUB_CONFIG_DIR names ${configDir}, which does not exist: create the folder or unset the variable`,
    );
  }
  const file = join(configDir, 'hubbub.yaml');
  return existsSync(file) ? readFile(file) : null;
}

/** The variables lie over every file; an empty one says nothing. */
function takeVariables(merged: Tree, env: NodeJS.ProcessEnv): void {
  for (const [variable, [section, knob]] of Object.entries(VARIABLES)) {
    const given = env[variable];
    const tree = merged[section];
    if (given !== undefined && given !== '' && isTree(tree)) {
      tree[knob] = knob === 'port' ? numeric(given) : given;
    }
  }
}

/** The variable that set a knob, if one did. */
function setBy(env: NodeJS.ProcessEnv): (knob: string) => string | undefined {
  return (knob) =>
    Object.keys(VARIABLES).find((name) => VARIABLES[name]?.join('.') === knob && env[name]);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    throw new ConfigProblem(
      `${file} cannot be read (${code ?? String(error)}): make it a file this user may read, or take it away`,
    );
  }
}

function readFile(path: string): ConfigFile {
  const yaml = readYaml(textOf(path));
  const [problem] = yaml.problems;
  if (problem !== undefined) {
    throw new ConfigProblem(`${path}:${problem.line}: ${problem.text}: mend that line`);
  }
  const value = yamlValue(yaml) ?? {};
  if (isTree(value)) return { path, yaml, value };
  throw new ConfigProblem(
    `${path}:${lineAt(yaml, [])}: a tree of sections was expected, as in config/default.yaml`,
  );
}

function layOver(base: Tree, over: Tree): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = merged[key];
    // A section that is named and left empty changes nothing.
    if (isTree(under) && value === null) continue;
    merged[key] = isTree(under) && isTree(value) ? layOver(under, value) : value;
  }
  return merged;
}

const numeric = (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text);

function withAbsoluteData(config: Config): Config {
  return { ...config, data: { ...config.data, dir: resolve(config.data.dir) } };
}

function environmentOf(env: NodeJS.ProcessEnv, configDir: string | null): Environment {
  return {
    configDir: configDir === null ? null : resolve(configDir),
    masterKey: env['HUBBUB_MASTER_KEY'] ?? null,
    bootstrapToken: env['HUBBUB_BOOTSTRAP_TOKEN'] ?? null,
    crashpoints: env['HUBBUB_CRASHPOINTS'] ?? null,
  };
}
