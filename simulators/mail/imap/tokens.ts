import type { RawCommand } from './wire.js';

/** An argument of a command. */
export type Arg =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'list'; readonly items: readonly Arg[] };

const MAX_DEPTH = 16;

/** The words of a command; null if brackets or quotes do not match. */
export function tokenize(command: RawCommand): readonly Arg[] | null {
  const stack: Arg[][] = [[]];
  for (const part of command) {
    if (typeof part !== 'string') {
      stack.at(-1)?.push({ kind: 'string', bytes: part });
    } else if (!tokenizeText(part, stack)) {
      return null;
    }
  }
  const [words, ...open] = stack;
  return open.length > 0 ? null : (words ?? []);
}

function tokenizeText(text: string, stack: Arg[][]): boolean {
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === ' ') at += 1;
    else if (char === '(' || char === ')') {
      if (!(char === '(' ? openList(stack) : closeList(stack))) return false;
      at += 1;
    } else {
      const read = char === '"' ? readQuoted(text, at) : readAtom(text, at);
      if (read === null) return false;
      stack.at(-1)?.push(read.arg);
      at = read.end;
    }
  }
  return true;
}

function openList(stack: Arg[][]): boolean {
  stack.push([]);
  return stack.length <= MAX_DEPTH;
}

function closeList(stack: Arg[][]): boolean {
  const items = stack.pop();
  const outer = stack.at(-1);
  if (items === undefined || outer === undefined) return false;
  outer.push({ kind: 'list', items });
  return true;
}

interface Read {
  readonly arg: Arg;
  readonly end: number;
}

function readQuoted(text: string, start: number): Read | null {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '"') {
      return { arg: { kind: 'string', bytes: Buffer.from(value, 'latin1') }, end: at + 1 };
    }
    if (char === '\\') at += 1;
    value += text[at] ?? '';
  }
  return null;
}

/** An atom; what stands in square brackets belongs to it, as in `BODY.PEEK[HEADER.FIELDS (TO)]`. */
function readAtom(text: string, start: number): Read {
  let at = start;
  let isInBrackets = false;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '[') isInBrackets = true;
    if (char === ']') isInBrackets = false;
    if (!isInBrackets && (char === ' ' || char === '(' || char === ')')) break;
    at += 1;
  }
  return { arg: { kind: 'atom', text: text.slice(start, at) }, end: at };
}

/** The text of an atom or string (as UTF-8); null for a list or nothing. */
export function textOf(arg: Arg | undefined): string | null {
  if (arg === undefined || arg.kind === 'list') return null;
  return arg.kind === 'atom' ? arg.text : arg.bytes.toString('utf8');
}

/** The items of a list, or the single word as a list of one. */
export function itemsOf(arg: Arg | undefined): readonly Arg[] {
  if (arg === undefined) return [];
  return arg.kind === 'list' ? arg.items : [arg];
}
