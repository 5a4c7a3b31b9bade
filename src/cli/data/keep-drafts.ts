import type { Connected } from '../../intake/connected.js';
import { Draft } from '../../model/draft.js';
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
  const { channel } = connected.connector.definition;
  const when = { receivedAt: fields['sentAt'] ?? now };
  return validated({ ...when, ...fields, connection: id, channel, historic: true });
}

function validated(draft: unknown): Read {
  const parsed = Draft.safeParse(draft);
  if (parsed.success) return { draft: parsed.data };
  const [issue] = parsed.error.issues;
  return { why: `${issue?.path.join('.') ?? 'draft'}: ${issue?.message ?? 'is wrong'}` };
}

function* insertAll(read: readonly Read[]): Work<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const one of read) {
    if ('why' in one) kept.push({ kind: 'refused', why: one.why });
    else kept.push({ kind: (yield* insertDraft(one.draft, null, null)) > 0 ? 'new' : 'known' });
  }
  return kept;
}
