import { compileSelector } from '../../src/sdk/index.js';
import type { Run, Selector } from '../../src/sdk/index.js';

/** What a placeholder may read. */
export interface TemplateInput {
  readonly reply: unknown;
  readonly conversation: unknown;
  readonly settings: unknown;
}

type Piece = string | Selector;

/** A text with `{{selector}}` placeholders, split once. */
export interface TextTemplate {
  readonly pieces: readonly Piece[];
}

export type TemplateRead =
  | { readonly ok: true; readonly template: TextTemplate }
  | { readonly ok: false; readonly why: string };

export function compileText(text: string): TemplateRead {
  const pieces: Piece[] = [];
  let at = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', open);
    if (close < 0) return { ok: false, why: 'a `{{` without its `}}`' };
    const read = compileSelector(text.slice(open + 2, close).trim());
    if (!read.ok) return { ok: false, why: read.why };
    if (open > at) pieces.push(text.slice(at, open));
    pieces.push(read.selector);
    at = close + 2;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return { ok: true, template: { pieces } };
}

/** A text; `encode` makes each value fit its surroundings (a URL, a header). */
export function fillText(
  { pieces }: TextTemplate,
  input: TemplateInput,
  run: Run,
  encode: (value: string) => string,
): string {
  const filled = pieces.map((piece) =>
    typeof piece === 'string' ? piece : encode(textOf(piece.read(input, run))),
  );
  return filled.join('');
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A JSON value whose texts may hold placeholders; values go in as values, so nothing needs escaping. */
export type JsonTemplate =
  | { readonly kind: 'constant'; readonly value: unknown }
  /** The whole text was one placeholder: its value, with its type. */
  | { readonly kind: 'value'; readonly selector: Selector }
  | { readonly kind: 'text'; readonly template: TextTemplate }
  | { readonly kind: 'list'; readonly items: readonly JsonTemplate[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [string, JsonTemplate])[] };

export type JsonTemplateRead =
  | { readonly ok: true; readonly template: JsonTemplate }
  | { readonly ok: false; readonly why: string };

const DEEPEST = 20;

/** Throws nothing: what cannot be compiled is said. */
export function compileJson(value: unknown, depth = 0): JsonTemplateRead {
  if (depth > DEEPEST) return { ok: false, why: `the template is deeper than ${DEEPEST} levels` };
  if (typeof value === 'string') return compileLeaf(value);
  if (typeof value !== 'object' || value === null) {
    return { ok: true, template: { kind: 'constant', value } };
  }
  const entries: (readonly [string, JsonTemplate])[] = [];
  for (const [name, item] of Object.entries(value)) {
    const read = compileJson(item, depth + 1);
    if (!read.ok) return { ok: false, why: `${name}: ${read.why}` };
    entries.push([name, read.template]);
  }
  const template: JsonTemplate = Array.isArray(value)
    ? { kind: 'list', items: entries.map(([, item]) => item) }
    : { kind: 'record', entries };
  return { ok: true, template };
}

function compileLeaf(text: string): JsonTemplateRead {
  const read = compileText(text);
  if (!read.ok) return read;
  const [only, more] = read.template.pieces;
  if (only !== undefined && typeof only !== 'string' && more === undefined) {
    return { ok: true, template: { kind: 'value', selector: only } };
  }
  const constant = read.template.pieces.every((piece) => typeof piece === 'string');
  return constant
    ? { ok: true, template: { kind: 'constant', value: text } }
    : { ok: true, template: { kind: 'text', template: read.template } };
}

export function fillJson(template: JsonTemplate, input: TemplateInput, run: Run): unknown {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'value':
      return template.selector.read(input, run) ?? null;
    case 'text':
      return fillText(template.template, input, run, (value) => value);
    case 'list':
      return template.items.map((item) => fillJson(item, input, run));
    case 'record':
      return Object.fromEntries(
        template.entries.map(([name, item]) => [name, fillJson(item, input, run)]),
      );
  }
}

/** For a URL's path or query. */
export const inUrl = (value: string): string => encodeURIComponent(value.toWellFormed());

/** For a header: one line of printable ASCII, everything else percent-encoded. */
export const inHeader = (value: string): string =>
  value.toWellFormed().replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
