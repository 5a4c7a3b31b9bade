import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { environmentVariable } from '../../config/variable.js';
import { usage, type Shell } from '../shell.js';
import { askSecretly } from './ask.js';
import { fieldAt, layOver, nest, shapeOf, type Fields } from './settings.js';

const MAX_SECRET = 100_000;

/**
 * `--secret password`: asked for on a terminal, else one line of standard input each, in order;
 * `--secret password=env:NAME` and `=file:PATH` take it from there. Never from the arguments, which
 * other users and the shell's history see.
 */
export async function readSecrets(
  shell: Shell,
  words: readonly string[],
  schema: z.ZodObject,
): Promise<Fields> {
  const shape = shapeOf(schema);
  const lines = linesOf(shell);
  let fields: Fields = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    const path = (equals < 0 ? word : word.slice(0, equals)).split('.');
    fieldAt(shape, path);
    const source = equals < 0 ? null : word.slice(equals + 1);
    const value = source === null ? await ask(shell, path.join('.'), lines) : fromSource(source);
    fields = layOver(fields, nest(path, value));
  }
  return fields;
}

function fromSource(source: string): string {
  if (source.startsWith('env:')) {
    const name = source.slice('env:'.length);
    const value = environmentVariable(name);
    if (value === undefined) throw usage(`the environment variable ${name} is not set`);
    return value;
  }
  if (source.startsWith('file:')) return readSecretFile(source.slice('file:'.length));
  throw usage('a secret is not given on the command line: use key=env:VARIABLE or key=file:PATH');
}

function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
      .slice(0, MAX_SECRET)
      .replace(/\r?\n$/, '');
  } catch (error) {
    throw usage(`${path} cannot be read (${(error as { code?: string }).code ?? 'unknown'})`);
  }
}

async function ask(
  shell: Shell,
  name: string,
  lines: () => Promise<string | null>,
): Promise<string> {
  const value = shell.stdin.isTTY === true ? await askSecretly(shell, `${name}: `) : await lines();
  if (value === null || value === '') {
    throw usage(`no value came for ${name}: type it, or pipe one line for each --secret`);
  }
  return value;
}

/** Standard input line by line, read when the first line is asked for. */
function linesOf({ stdin }: Shell): () => Promise<string | null> {
  let rest: string[] | null = null;
  return async () => {
    if (rest === null) {
      let text = '';
      stdin.setEncoding('utf8');
      for await (const chunk of stdin as AsyncIterable<string>) {
        text = (text + chunk).slice(0, MAX_SECRET);
      }
      rest = text.split(/\r?\n/);
    }
    return rest.shift() ?? null;
  };
}
