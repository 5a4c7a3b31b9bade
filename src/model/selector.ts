import { compile } from '@jmespath-community/jmespath';
import { nearestName } from './nearest.js';
import { SELECTOR_FUNCTIONS } from './selector-functions.js';
import { spend } from './work.js';
import type { Run } from './work.js';

/** Longer expressions belong into code. */
export const SELECTOR_LENGTH = 300;

/** A JMESPath expression, parsed once. */
export interface Selector {
  readonly text: string;
  readonly read: Read;
}

type Read = (at: unknown, run: Run) => unknown;
type Node = ReturnType<typeof compile>;
type NodeOf<T extends Node['type']> = Extract<Node, { readonly type: T }>;

export type SelectorRead =
  | { readonly ok: true; readonly selector: Selector }
  | { readonly ok: false; readonly why: string; readonly nearest: string | null };

/** Said by a part of an expression that cannot be compiled; never leaves this file. */
class Refused extends Error {
  readonly nearest: string | null;

  constructor(why: string, nearest: string | null = null) {
    super(why);
    this.nearest = nearest;
  }
}

/**
 * Compiles a JMESPath expression to closures. The library parses; it does not evaluate, because its
 * interpreter reads inherited properties (`constructor`), keeps the document in a shared object and
 * has no bound on its work. Here only own properties are read and every step is counted.
 */
export function compileSelector(text: string): SelectorRead {
  if (text.length > SELECTOR_LENGTH) {
    const why = `an expression has at most ${SELECTOR_LENGTH} characters, this one has ${text.length}; split it with \`first\` or say it in the connector's decode`;
    return { ok: false, why, nearest: null };
  }
  try {
    return { ok: true, selector: { text, read: compileNode(compile(text)) } };
  } catch (error) {
    const nearest = error instanceof Refused ? error.nearest : null;
    return { ok: false, why: `not a selector: ${(error as Error).message.slice(0, 200)}`, nearest };
  }
}

function compileNode(node: Node): Read {
  const read = compilePath(node) ?? compileLogic(node) ?? compileList(node);
  if (read !== null) return read;
  if (node.type === 'Function') return compileCall(node);
  throw new Refused(`${node.type} is not part of the mapping language`);
}

function compilePath(node: Node): Read | null {
  switch (node.type) {
    case 'Current':
    case 'Identity':
      return (at) => at;
    case 'Root':
      return (_at, run) => run.document;
    case 'Literal':
      return () => node.value;
    case 'Field':
      return (at, run) => (spend(run, 1) ? ownField(at, node.name) : null);
    case 'Index':
      return (at) => (Array.isArray(at) ? ((at as unknown[]).at(node.value) ?? null) : null);
    case 'Subexpression':
    case 'IndexExpression':
    case 'Pipe':
      // The grammar lets `!` bind tighter than the dot, which nobody means: it would be null for ever.
      if (node.type === 'Subexpression' && node.left.type === 'NotExpression') {
        throw new Refused('`!a.b` is read as `(!a).b`; write `!(a.b)`');
      }
      return inTurn(compileNode(node.left), compileNode(node.right), node.type !== 'Subexpression');
    default:
      return null;
  }
}

/** `intoNull`: a pipe goes on with null, a dot stops there. */
function inTurn(first: Read, then: Read, intoNull: boolean): Read {
  return (at, run) => {
    const found = first(at, run);
    return found === null && !intoNull ? null : then(found, run);
  };
}

function ownField(at: unknown, name: string): unknown {
  if (typeof at !== 'object' || at === null || Array.isArray(at)) return null;
  return Object.hasOwn(at, name) ? ((at as Record<string, unknown>)[name] ?? null) : null;
}

function compileLogic(node: Node): Read | null {
  switch (node.type) {
    case 'OrExpression':
    case 'AndExpression': {
      const [left, right] = [compileNode(node.left), compileNode(node.right)];
      const stopsAt = node.type === 'OrExpression';
      return (at, run) => {
        const found = left(at, run);
        return isTruth(found) === stopsAt ? found : right(at, run);
      };
    }
    case 'NotExpression': {
      const child = compileNode(node.child);
      return (at, run) => !isTruth(child(at, run));
    }
    case 'Ternary': {
      const condition = compileNode(node.condition);
      const [yes, no] = [compileNode(node.trueExpr), compileNode(node.falseExpr)];
      return (at, run) => (isTruth(condition(at, run)) ? yes(at, run) : no(at, run));
    }
    case 'Comparator':
      return compileComparison(node);
    default:
      return null;
  }
}

function compileComparison(node: NodeOf<'Comparator'>): Read {
  const [left, right] = [compileNode(node.left), compileNode(node.right)];
  const compare = COMPARISONS[node.name];
  return (at, run) => compare(left(at, run), right(at, run), run);
}

const byNumber =
  (test: (a: number, b: number) => boolean) =>
  (a: unknown, b: unknown): boolean | null =>
    typeof a === 'number' && typeof b === 'number' ? test(a, b) : null;

const COMPARISONS = {
  EQ: sameValue,
  NE: (a: unknown, b: unknown, run: Run) => !sameValue(a, b, run),
  GT: byNumber((a, b) => a > b),
  GTE: byNumber((a, b) => a >= b),
  LT: byNumber((a, b) => a < b),
  LTE: byNumber((a, b) => a <= b),
} as const;

function sameValue(a: unknown, b: unknown, run: Run): boolean {
  if (a === b) return spend(run, 1);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || !spend(run, 1)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      sameValue((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], run),
  );
}

/** JMESPath's truth: everything but false, null, '', [] and {}. */
export function isTruth(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return false;
  if (typeof value !== 'object') return true;
  return Array.isArray(value) ? value.length > 0 : hasField(value);
}

function hasField(record: object): boolean {
  for (const name in record) if (Object.hasOwn(record, name)) return true;
  return false;
}

function compileList(node: Node): Read | null {
  switch (node.type) {
    case 'Projection':
      return compileProjection(node.left, compileNode(node.right));
    case 'ValueProjection': {
      const [left, right] = [compileNode(node.left), compileNode(node.right)];
      return (at, run) => projected(valuesOf(left(at, run)), right, run);
    }
    case 'FilterProjection':
      return compileFilter(node);
    case 'Flatten': {
      const child = compileNode(node.child);
      return (at, run) => flattened(child(at, run), run);
    }
    case 'Slice':
      if ((node.step ?? 1) !== 1) throw new Refused('a slice goes forward by one');
      return (at, run) => sliced(at, node, run);
    case 'MultiSelectList': {
      const children = node.children.map(compileNode);
      return (at, run) => children.map((child) => child(at, run));
    }
    case 'MultiSelectHash':
      return compileHash(node);
    default:
      return null;
  }
}

function compileProjection(of: Node, right: Read): Read {
  const left = compileNode(of);
  return of.type === 'IndexExpression' && of.right.type === 'Slice'
    ? (at, run) => ofSlice(left(at, run), right, run)
    : (at, run) => projected(left(at, run), right, run);
}

/** The slice of a text is one value, not a list to walk. */
function ofSlice(part: unknown, right: Read, run: Run): unknown {
  return typeof part === 'string' ? right(part, run) : projected(part, right, run);
}

function projected(list: unknown, right: Read, run: Run): unknown {
  if (!Array.isArray(list)) return null;
  const found: unknown[] = [];
  for (const item of list as unknown[]) {
    if (!spend(run, 1)) return null;
    const value = right(item, run);
    if (value !== null) found.push(value);
  }
  return found;
}

function valuesOf(at: unknown): unknown {
  return typeof at === 'object' && at !== null && !Array.isArray(at) ? Object.values(at) : null;
}

function compileFilter(node: NodeOf<'FilterProjection'>): Read {
  const [left, right] = [compileNode(node.left), compileNode(node.right)];
  const condition = compileNode(node.condition);
  return (at, run) => {
    const list = left(at, run);
    if (!Array.isArray(list)) return null;
    const kept = list.filter((item) => spend(run, 1) && isTruth(condition(item, run)));
    return projected(kept, right, run);
  };
}

function flattened(list: unknown, run: Run): unknown {
  if (!Array.isArray(list)) return null;
  const length = list.reduce(
    (sum: number, x: unknown) => sum + (Array.isArray(x) ? x.length : 1),
    0,
  );
  return spend(run, length) ? (list.flat() as unknown[]) : null;
}

function sliced(at: unknown, slice: NodeOf<'Slice'>, run: Run): unknown {
  if (!Array.isArray(at) && typeof at !== 'string') return null;
  if (!spend(run, at.length)) return null;
  const items: readonly unknown[] = typeof at === 'string' ? [...at] : at;
  const part = items.slice(slice.start ?? 0, slice.stop ?? undefined);
  return typeof at === 'string' ? part.join('') : part;
}

function compileHash(node: NodeOf<'MultiSelectHash'>): Read {
  const children = node.children.map(({ name, value }) => {
    if (name === '__proto__') throw new Refused('`__proto__` cannot be a name');
    return { name, read: compileNode(value) };
  });
  return (at, run) => {
    const record: Record<string, unknown> = {};
    for (const { name, read } of children) record[name] = read(at, run);
    return record;
  };
}

function compileCall(node: NodeOf<'Function'>): Read {
  const known = SELECTOR_FUNCTIONS.get(node.name);
  if (known === undefined) {
    const names = [...SELECTOR_FUNCTIONS.keys()];
    throw new Refused(
      `${node.name}() is not available; the functions are ${names.join(' ')}`,
      nearestName(node.name, names),
    );
  }
  if (node.children.length < known.least || node.children.length > known.most) {
    throw new Refused(
      `${node.name}() takes ${known.least} argument(s), not ${node.children.length}`,
    );
  }
  const children = node.children.map(compileNode);
  return (at, run) =>
    known.call(
      children.map((child) => child(at, run)),
      run,
    );
}
