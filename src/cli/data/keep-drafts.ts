import type { Connected } from '../../intake/connected.js';
import { Draft, isWordless } from '../../model/draft.js';
import { unknownFields } from '../../model/unknown-field.js';
import { insertDraft } from '../../store/drafts.js';
import type { Work } from '../../store/work.js';
import type { Kept } from './operations.js';
import type { Grounds } from './grounds.js';

interface Batch {
  readonly connection: string | null;
  readonly drafts: readonly unknown[];
}

/** Imported drafts are history: they are filed and matched, but nobody is told and no clock starts. */
export async function keepDrafts(
  { house: { store, clock }, registry, ring }: Grounds,
  { connection, drafts }: Batch,
): Promise<readonly Kept[]> {
  const now = new Date(clock.now()).toISOString();
  const read = drafts.map((draft) => readDraft(draft, connection, { find: registry.find, now }));
  const kept = await store.write(() => insertAll(read));
  ring('file');
  return kept;
}

type Read = { readonly draft: Draft } | { readonly why: string };

interface Place {
  readonly find: (id: string) => Connected | undefined;
  readonly now: string;
}

function readDraft(given: unknown, connection: string | null, { find, now }: Place): Read {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { why: 'a draft is a JSON object' };
  }
  const fields = given as Record<string, unknown>;
  const id = connection ?? fields['connection'];
  if (typeof id !== 'string') return { why: 'it names no connection: give one with --connection' };
  const connected = find(id);
  if (connected === undefined) {
    return { why: `there is no connection ${id.slice(0, 100)}: name one with --connection` };
  }
  const misspelt = misspeltField(fields);
  if (misspelt !== null) return { why: misspelt };
  const { channel } = connected.connector.definition;
  const when = { receivedAt: fields['sentAt'] ?? now };
  return validated({ ...when, ...fields, connection: id, channel, historic: true });
}

function validated(draft: unknown): Read {
  const parsed = Draft.safeParse(draft);
  if (parsed.success && isWordless(parsed.data)) {
    return { why: 'it says nothing: a text, subject, html or attachment is missing' };
  }
  if (parsed.success) return { draft: parsed.data };
  const [issue] = parsed.error.issues;
  return { why: `${issue?.path.join('.') ?? 'draft'}: ${issue?.message ?? 'is wrong'}` };
}

/** What `normalise` prints beside the draft: the file it came from. */
const BESIDE = new Set(['source']);

/** A misspelt field would be left out in silence, and history would come in without it. */
function misspeltField(fields: Readonly<Record<string, unknown>>): string | null {
  const own = Object.entries(fields).filter(([name]) => !BESIDE.has(name));
  const [found] = unknownFields(Draft, Object.fromEntries(own), 1);
  if (found === undefined) return null;
  const { path, nearest } = found;
  const meant = nearest === null ? null : [...path.slice(0, -1), nearest].join('.');
  const hint = meant === null ? 'schemas/draft.json names them all' : `did you mean ${meant}?`;
  return `a draft has no field ${JSON.stringify(path.join('.').slice(0, 120))}: ${hint}`;
}

function* insertAll(read: readonly Read[]): Work<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const one of read) {
    if ('why' in one) kept.push({ kind: 'refused', why: one.why });
    else kept.push({ kind: (yield* insertDraft(one.draft, null, null)) > 0 ? 'new' : 'known' });
  }
  return kept;
}
