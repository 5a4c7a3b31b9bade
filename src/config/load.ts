import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { Config, type Environment } from './config.js';
import { CONFIG_FOLDER } from './paths.js';

/** A mistake an admin made: one sentence that names the place, the value and the way out. */
export class ConfigProblem extends Error {}

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
  const base = readYaml(join(CONFIG_FOLDER, 'default.yaml'));
  const configDir = env['HUBBUB_CONFIG_DIR'] ?? null;
  const overlay = configDir === null ? null : readOverlay(configDir);
  const merged = layOver(base.value, overlay?.value ?? {});
  takeVariables(merged, env);
  const parsed = Config.safeParse(merged);
  if (!parsed.success) throw problemOf(parsed.error.issues[0], merged, overlay, env);
  return { config: withAbsoluteData(parsed.data), environment: environmentOf(env, configDir) };
}

interface Yaml {
  readonly file: string;
  readonly value: Record<string, unknown>;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

function readOverlay(configDir: string): Yaml | null {
  if (!existsSync(configDir)) {
    throw new ConfigProblem(
      `HUBBUB_CONFIG_DIR names ${configDir}, which does not exist: create the folder or unset the variable`,
    );
  }
  const file = join(configDir, 'hubbub.yaml');
  return existsSync(file) ? readYaml(file) : null;
}

/** The variables lie over every file; an empty one says nothing. */
function takeVariables(merged: Record<string, unknown>, env: NodeJS.ProcessEnv): void {
  for (const [variable, [section, knob]] of Object.entries(VARIABLES)) {
    const given = env[variable];
    const tree = merged[section];
    if (given !== undefined && given !== '' && isTree(tree)) {
      tree[knob] = knob === 'port' ? numeric(given) : given;
    }
  }
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

function readYaml(file: string): Yaml {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), {
    lineCounter: lines,
    maxAliasCount: 0,
  } as never);
  const error = document.errors[0];
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    throw new ConfigProblem(
      `${file}:${line}: ${error.message.split('\n')[0] ?? 'not valid YAML'}: mend that line`,
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ConfigProblem(
      `${file}:1: a tree of sections was expected, as in config/default.yaml`,
    );
  }
  return {
    file,
    value: value as Record<string, unknown>,
    lineOf: (path) => lineOf(document, lines, path),
  };
}

/** The line of the deepest part of the path that stands in the file. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let line = 1;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) line = lines.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
}

function layOver(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = merged[key];
    // A section that is named and left empty changes nothing.
    if (isTree(under) && value === null) continue;
    merged[key] = isTree(under) && isTree(value) ? layOver(under, value) : value;
  }
  return merged;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numeric = (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text);

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code: string;
  readonly keys?: readonly string[];
}

function problemOf(
  issue: Issue | undefined,
  merged: unknown,
  overlay: Yaml | null,
  env: NodeJS.ProcessEnv,
): ConfigProblem {
  const path = [...(issue?.path ?? []), ...(issue?.keys ?? []).slice(0, 1)];
  const knob = path.join('.');
  const variable = Object.keys(VARIABLES).find(
    (name) => VARIABLES[name]?.join('.') === knob && env[name],
  );
  const line = overlay === null ? 'config/default.yaml' : `${overlay.file}:${overlay.lineOf(path)}`;
  return new ConfigProblem(
    `${variable ?? line}: ${knob} is ${shownAt(merged, path)}: ${reasonOf(issue)}; config/default.yaml says what it may be`,
  );
}

function reasonOf(issue: Issue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return 'there is no such knob';
  return issue?.message ?? 'is wrong';
}

function shownAt(tree: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>((at, key) => (isTree(at) ? at[String(key)] : undefined), tree);
  return value === undefined ? 'nothing' : withoutPassword(JSON.stringify(value)).slice(0, 80);
}

/** Addresses of databases carry passwords; what is wrong with them is said without. */
function withoutPassword(text: string): string {
  const end = text.lastIndexOf('@');
  const start = text.indexOf('//');
  return end < 0 ? text : `${text.slice(0, Math.max(start + 2, 1))}…${text.slice(end)}`;
}

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
