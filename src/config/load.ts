import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lineAt, readYaml, yamlValue } from '../model/yaml.js';
import { Config, type Environment } from './config.js';
import { CONFIG_FOLDER } from './paths.js';
import { ConfigProblem, isTree, mistakesOf, type ConfigFile, type Tree } from './problem.js';
import { KNOBS } from './variables.js';

export interface Loaded {
  readonly config: Config;
  readonly environment: Environment;
}

/** What was read; `mistakes`: everything that is wrong with it, a sentence each. */
export type ReadConfig =
  | { readonly ok: true; readonly loaded: Loaded }
  | {
      readonly ok: false;
      readonly mistakes: readonly string[];
      readonly environment: Environment;
    };

/** The settings of a process that needs nothing else to be right; throws a `ConfigProblem`. */
export function loadConfig(variables?: NodeJS.ProcessEnv): Loaded {
  const read = readConfig(variables);
  if (read.ok) return read.loaded;
  throw new ConfigProblem(...read.mistakes);
}

/** The sole reader of `process.env`. */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): ReadConfig {
  const env = withoutEmpty(variables);
  const base = readFile(join(CONFIG_FOLDER, 'default.yaml'));
  const configDir = given(env, 'HUBBUB_CONFIG_DIR');
  const environment = environmentOf(env, configDir);
  const { overlay, unreadable } = overlayOf(configDir);
  const merged = layOver(base.value, overlay?.value ?? {});
  takeVariables(merged, env);
  const parsed = Config.safeParse(merged);
  if (parsed.success && unreadable.length === 0) {
    return { ok: true, loaded: { config: withAbsoluteData(parsed.data), environment } };
  }
  const made = { merged, defaults: base.value, overlay, variableOf: setBy(env) };
  const mistakes = [...unreadable, ...mistakesOf(parsed.error?.issues ?? [], made)];
  return { ok: false, mistakes, environment };
}

interface Overlay {
  readonly overlay: ConfigFile | null;
  /** Why there is none although there should be. */
  readonly unreadable: readonly string[];
}

/** What cannot be read says nothing, so that the variables are looked at all the same. */
function overlayOf(configDir: string | null): Overlay {
  try {
    return { overlay: configDir === null ? null : readOverlay(configDir), unreadable: [] };
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    return { overlay: null, unreadable: error.mistakes };
  }
}

/** Compose files and shells set what nobody filled in to nothing. */
function withoutEmpty(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
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

/** A compose file passes what is not set as an empty text. */
function given(env: NodeJS.ProcessEnv, variable: string): string | null {
  const value = env[variable];
  return value === undefined || value === '' ? null : value;
}

/** The variables lie over every file. */
function takeVariables(merged: Tree, env: NodeJS.ProcessEnv): void {
  for (const [variable, [section, knob]] of Object.entries(KNOBS)) {
    const value = given(env, variable);
    const tree = merged[section];
    if (value !== null && isTree(tree)) tree[knob] = knob === 'port' ? numeric(value) : value;
  }
}

/** The variable that set a knob, if one did. */
function setBy(env: NodeJS.ProcessEnv): (knob: string) => string | undefined {
  return (knob) => Object.keys(KNOBS).find((name) => KNOBS[name]?.join('.') === knob && env[name]);
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
  if (yaml.problems.length > 0) {
    const mistakes = yaml.problems.map(
      ({ line, text }) => `${path}:${line}: ${text}: mend that line`,
    );
    throw new ConfigProblem(...mistakes);
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
    masterKey: given(env, 'HUBBUB_MASTER_KEY'),
    bootstrapToken: given(env, 'HUBBUB_BOOTSTRAP_TOKEN'),
    crashpoints: given(env, 'HUBBUB_CRASHPOINTS'),
  };
}
