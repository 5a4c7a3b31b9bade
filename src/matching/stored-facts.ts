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

const FIELDS = Object.entries(SHAPE);

export const writeFacts = (facts: Facts): string => JSON.stringify({ version: VERSION, ...facts });

/** Null where another version of the program wrote it, or anything that is no facts. */
export function readFacts(text: string): Facts | null {
  const { version, ...facts } = treeOf(text);
  if (version !== VERSION) return null;
  const isWhole = FIELDS.every(([field, shape]) =>
    shape === 'list' ? Array.isArray(facts[field]) : typeof facts[field] === shape,
  );
  return isWhole ? (facts as unknown as Facts) : null;
}

function treeOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
