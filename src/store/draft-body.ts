import { Draft } from '../model/draft.js';

type Loose = Record<string, unknown>;

const NAMES = Object.keys(Draft.shape);

/** What a draft says of these where it says nothing. */
const SILENT: Readonly<Loose> = silent();

function silent(): Loose {
  const needed = { id: '-', connection: '-', channel: '-', conversation: '-', kind: 'message' };
  const sender = { handle: '-' };
  const least = { ...needed, sender, receivedAt: '1970-01-01T00:00:00.000Z' };
  const all = Object.entries(Draft.parse(least));
  return Object.fromEntries(all.filter(([name]) => !(name in least)));
}

/** A draft as its row keeps it: without what it does not say, which is nearly half of a common one. */
export function bodyOf(draft: Draft): string {
  const said: Loose = {};
  for (const name of NAMES) {
    const value = (draft as Loose)[name];
    if (!(name in SILENT) || !saysNothing(value, SILENT[name])) said[name] = value;
  }
  return JSON.stringify(said);
}

const saysNothing = (value: unknown, silence: unknown): boolean =>
  value === silence ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** The whole draft again. */
export function draftOfBody(body: string): Draft {
  return { ...structuredClone(SILENT), ...(JSON.parse(body) as Loose) } as Draft;
}
