/**
 * Called by: the normalise stage, `hubbub normalise`, the conformance kit.
 * Given: one envelope, its connector, the mappings of its connection. No I/O, no clock, no chance.
 * Leaves behind: nothing; the same envelope gives the same drafts, today and on replay.
 */
import { createHash } from 'node:crypto';
import { Draft } from '../model/draft.js';
import type { DraftInput } from '../model/draft.js';
import { boundedKey } from '../model/key.js';
import { applyMapping } from '../mapping/apply.js';
import type { MappingInput, MappingSet } from '../mapping/mapping.js';
import type { Account, Decoded, Envelope, Raw } from '../sdk/inbound.js';
import type { Connector, MappedDraft } from '../sdk/treaty.js';

/** What became of an envelope. */
export type Drafted =
  | {
      readonly kind: 'drafts';
      /** Their ids differ; in the order of the envelope. */
      readonly drafts: readonly MappedDraft[];
      /** Sentences for the envelope, without content. */
      readonly remarks: readonly string[];
      /**
       * Why a part of the envelope gave no draft; null when all of it did. The drafts are filed and
       * the envelope goes to quarantine with this reason; a replay after a mend files the rest only,
       * since the drafts keep their ids.
       */
      readonly quarantine: string | null;
    }
  | { readonly kind: 'wake'; readonly hint: string }
  /** Nothing could be kept but the bytes. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** A note on an envelope that was imported: what comes out of it is history. */
export const HISTORIC_NOTE = 'hubbub-historic';

/** Reads an envelope to its end: decode → map → refine → validate. Synchronous where `decode` is. */
export function draftsOf(
  connector: Connector,
  mappings: MappingSet,
  account: Account,
  envelope: Envelope,
): Drafted | Promise<Drafted> {
  const finish = (decoded: Decoded): Drafted => {
    if (decoded.kind !== 'raws') return decoded;
    return draftsOfRaws(decoded, { connector, mappings, account, envelope });
  };
  try {
    const decoded = connector.decode(envelope, account);
    return 'then' in decoded ? decoded.then(finish).catch(unreadable) : finish(decoded);
  } catch (error) {
    return unreadable(error);
  }
}

interface Work {
  readonly connector: Connector;
  readonly mappings: MappingSet;
  readonly account: Account;
  readonly envelope: Envelope;
}

function draftsOfRaws(decoded: Extract<Decoded, { kind: 'raws' }>, work: Work): Drafted {
  const drafts = new Map<string, MappedDraft>();
  const remarks = [...decoded.remarks];
  const failures: string[] = [];
  const transport = transportOf(work.envelope);
  for (const raw of decoded.raws) {
    const made = draftOf(raw, work, { ...transport, body: raw.body });
    if (made.ok) keep(made.mapped, drafts, remarks);
    else failures.push(made.why);
    remarks.push(...made.remarks);
  }
  const total = decoded.raws.length;
  if (failures.length === total && total > 0) {
    return { kind: 'unreadable', why: reasonOf(failures) };
  }
  const quarantine =
    failures.length === 0 ? null : `${failures.length} of ${total}: ${reasonOf(failures)}`;
  return { kind: 'drafts', drafts: [...drafts.values()], remarks, quarantine };
}

function reasonOf(failures: readonly string[]): string {
  return [...new Set(failures)].slice(0, 3).join('; ');
}

function transportOf({ notes, query, receivedAt }: Envelope): Omit<MappingInput, 'body'> {
  return {
    headers: notes,
    query: query === '' ? NO_QUERY : Object.fromEntries(new URLSearchParams(query)),
    receivedAt: new Date(receivedAt).toISOString(),
  };
}

const NO_QUERY: Readonly<Record<string, string>> = {};

type Made =
  | { readonly ok: true; readonly mapped: MappedDraft; readonly remarks: readonly string[] }
  | { readonly ok: false; readonly why: string; readonly remarks: readonly string[] };

function draftOf(raw: Raw, work: Work, input: MappingInput): Made {
  const { connector, mappings, envelope } = work;
  const base = { connection: envelope.connection, channel: connector.definition.channel };
  const mapped = applyMapping(mappings, input, base);
  if (!mapped.ok) return { ok: false, why: mapped.why, remarks: [] };
  const { mapping, remarks, leftOver } = mapped;
  const draft =
    HISTORIC_NOTE in envelope.notes ? { ...mapped.draft, historic: true } : mapped.draft;
  const refined = refinedBy(work, draft, raw);
  if (typeof refined === 'string') return { ok: false, why: refined, remarks };
  // What the mapping made is valid as it is; only what was changed since is looked at again.
  if (refined === draft) return { ok: true, mapped: { draft, mapping, leftOver }, remarks };
  const parsed = Draft.safeParse(refined);
  if (parsed.success) {
    const stillLeft = leftOver && parsed.data.kind === 'event';
    return { ok: true, mapped: { draft: parsed.data, mapping, leftOver: stillLeft }, remarks };
  }
  const [issue] = parsed.error.issues;
  const why = `the connector's refine left no valid draft: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
  return { ok: false, why, remarks };
}

/** A draft, or why there is none. */
function refinedBy({ connector, account }: Work, draft: Draft, raw: Raw): DraftInput | string {
  try {
    return connector.refine?.(draft, raw, account) ?? draft;
  } catch (error) {
    return defect(error);
  }
}

/** The same fact twice in one envelope is one draft; another fact under the same id is kept beside it. */
function keep(mapped: MappedDraft, drafts: Map<string, MappedDraft>, remarks: string[]): void {
  const { id } = mapped.draft;
  const earlier = drafts.get(id);
  if (earlier === undefined) {
    drafts.set(id, mapped);
    return;
  }
  const content = JSON.stringify(mapped.draft);
  if (JSON.stringify(earlier.draft) === content) {
    remarks.push('the same fact stood in the envelope twice');
    return;
  }
  remarks.push('two facts of the envelope had the same id; the second got its hash added');
  const other = boundedKey(`${id}#${hash(content)}`);
  drafts.set(other, { ...mapped, draft: { ...mapped.draft, id: other } });
}

const HASH_LENGTH = 32;

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

/** A connector that throws has a defect; the bytes are kept, and other envelopes go on. */
function defect(error: unknown): string {
  const name = error instanceof Error ? error.name : 'something';
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /\(?([^()\s/\\]+:\d+):\d+\)?/.exec(stack.split('\n    at ')[1] ?? '')?.[1];
  const where = place === undefined ? '' : ` at ${place}`;
  return `the connector failed on it: it threw ${name}${where}`;
}

function unreadable(error: unknown): Drafted {
  return { kind: 'unreadable', why: defect(error) };
}
