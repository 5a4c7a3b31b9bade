import { createReadStream, statSync } from 'node:fs';
import type { z } from 'zod';
import { Draft } from '../../model/draft.js';
import { readJson } from '../../model/json.js';
import { mistakeOf } from '../../model/mistakes.js';
import { splitJsonl } from '../import/split-jsonl.js';
import { usage } from '../shell.js';
import { TruthRow } from './truth.js';

/** Bytes of a file; ends the command in one sentence when it cannot be read. */
export function sizeOf(file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isFile()) return stat.size;
  } catch (error) {
    throw usage(`${file} cannot be read (${(error as { code?: string }).code ?? String(error)})`);
  }
  throw usage(`${file} is not a file: name one of JSON lines`);
}

interface Line<T> {
  readonly value: T;
  /** Bytes of the file up to its end. */
  readonly end: number;
}

/** Every line as the schema reads it; a line it refuses is named with its number. */
async function* linesOf<S extends z.ZodType>(
  file: string,
  schema: S,
  before: (value: unknown) => unknown = (value) => value,
): AsyncGenerator<Line<z.infer<S>>> {
  for await (const { bytes, line, end } of splitJsonl(createReadStream(file))) {
    const place = `${file}:${line}`;
    if (bytes === null) throw usage(`${place}: the line is too long`);
    if (bytes.toString('latin1').trim() === '') continue;
    const read = readJson(bytes);
    if (!read.ok) throw usage(`${place}: ${read.why}`);
    const parsed = schema.safeParse(before(read.value));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const what = issue === undefined ? 'is wrong' : mistakeOf(issue).en;
      throw usage(`${place}: ${issue?.path.join('.') ?? ''} ${what}`);
    }
    yield { value: parsed.data, end };
  }
}

export interface DraftLine {
  readonly draft: Draft;
  readonly end: number;
}

export async function* draftsIn(file: string): AsyncGenerator<DraftLine> {
  for await (const { value, end } of linesOf(file, Draft, withRefs)) yield { draft: value, end };
}

/** Nothing is fetched: an attachment of a labelled message may be named by its hash alone. */
function withRefs(value: unknown): unknown {
  const { attachments } = (value ?? {}) as { readonly attachments?: unknown };
  if (!Array.isArray(attachments)) return value;
  const named = attachments.map((one: unknown) =>
    typeof one === 'object' && one !== null ? { ref: refOf(one), ...one } : one,
  );
  return { ...(value as object), attachments: named };
}

function refOf({ sha256, name }: { readonly sha256?: unknown; readonly name?: unknown }): string {
  return typeof sha256 === 'string' ? sha256 : typeof name === 'string' ? name : 'unnamed';
}

export async function readTruth(file: string): Promise<readonly TruthRow[]> {
  sizeOf(file);
  const rows: TruthRow[] = [];
  for await (const { value } of linesOf(file, TruthRow)) rows.push(value);
  return rows;
}
