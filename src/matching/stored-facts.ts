import type { Facts } from './facts.js';

/**
 * Goes up with every change that gives the facts another shape or their values another meaning. What
 * was stored under another version says nothing; its ticket is read again from its messages.
 */
const VERSION = 1;

type Shape = 'list' | 'number' | 'string' | 'boolean';

const SHAPE: Readonly<Record<keyof Facts, Shape>> = {
  refs: 'list',
  tails: 'list',
  phones: 'list',
  emails: 'list',
  names: 'list',
  nicks: 'list',
  amounts: 'list',
  days: 'list',
  problems: 'list',
  pleasant: 'list',
  goods: 'list',
  models: 'list',
  product: 'list',
  photos: 'list',
  wordings: 'list',
  grams: 'list',
  script: 'string',
  told: 'list',
  toldDays: 'number',
  channels: 'list',
  again: 'boolean',
  spoke: 'boolean',
  nudge: 'boolean',
  another: 'boolean',
  settled: 'boolean',
  from: 'number',
  to: 'number',
};

const FIELDS = Object.entries(SHAPE) as readonly (readonly [keyof Facts, Shape])[];

/** One list for all that are empty. */
const NONE: readonly never[] = [];

/** Facts that say nothing, in the order in which facts are made: the engine then sees objects of one form. */
const BLANK: Facts = {
  ...{ refs: NONE, tails: NONE, phones: NONE, emails: NONE, names: NONE, nicks: NONE },
  ...{ amounts: NONE, days: NONE, problems: NONE, pleasant: NONE, goods: NONE, models: NONE },
  ...{ product: NONE, photos: NONE, wordings: NONE, grams: NONE, script: 'none', told: NONE },
  ...{ toldDays: -1, channels: NONE, again: false, spoke: false, nudge: false, another: false },
  ...{ settled: false, from: 0, to: 0 },
};

/** What most tellings lack is not written: fewer bytes to store, to fetch and to read. */
export function writeFacts(facts: Facts): string {
  const told: Record<string, unknown> = { version: VERSION };
  for (const [field] of FIELDS) {
    const value = facts[field];
    const isLacking = Array.isArray(value) ? value.length === 0 : value === false;
    if (!isLacking) told[field] = value;
  }
  return JSON.stringify(told);
}

/** Null where another version of the program wrote it, or anything that is no facts. */
export function readFacts(text: string): Facts | null {
  const told = treeOf(text);
  if (told['version'] !== VERSION) return null;
  const facts: Record<keyof Facts, unknown> = { ...BLANK };
  let known = 1;
  for (const [field, shape] of FIELDS) {
    const value = told[field];
    if (value === undefined ? !MAY_LACK.has(shape) : !isOf(shape, value)) return null;
    if (value === undefined) continue;
    facts[field] = value;
    known += 1;
  }
  return known === Object.keys(told).length ? (facts as Facts) : null;
}

const MAY_LACK: ReadonlySet<Shape> = new Set<Shape>(['list', 'boolean']);

const isOf = (shape: Shape, value: unknown): boolean =>
  shape === 'list' ? Array.isArray(value) : typeof value === shape;

function treeOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
