import { buildDraft } from './build.js';
import type { Mapped, Mapping, MappingBase, MappingInput, MappingSet } from './mapping.js';
import type { Draft } from '../model/draft.js';
import { sourceText } from './rule.js';
import { isTruth } from '../model/selector.js';
import { PLAIN_TARGETS } from './targets.js';
import { newRun } from '../model/work.js';
import type { Run } from '../model/work.js';

/**
 * Maps one fact: the first mapping that accepts it makes the draft. Pure, deterministic, never
 * throws, and bounded by `WORK_LIMIT` steps whatever the document is. The draft is valid as it is.
 */
export function applyMapping(set: MappingSet, input: MappingInput, base: MappingBase): Mapped {
  const run = newRun(input);
  const mapping = chooseMapping(set, input, run);
  if (mapping === null) {
    return { ok: false, why: 'no mapping accepts this document', mapping: null };
  }
  const at = mapping.root === null ? input : mapping.root.read(input, run);
  const built = buildDraft(mapping.draft, { at, run }, base, input.receivedAt);
  if (run.left < 0) {
    const why = `${mapping.ref.name} does too much work on this document; simplify its selectors`;
    return { ok: false, why, mapping: mapping.ref };
  }
  const missing = 'missing' in built ? built.missing : firstMissing(mapping, built.draft);
  if ('missing' in built || missing !== null) {
    return { ok: false, why: missingText(mapping, missing ?? ''), mapping: mapping.ref };
  }
  const leftOver = isLeftOver(set, mapping, built.draft);
  const remarks = leftOver ? [...run.remarks, leftOverText(set, mapping)] : run.remarks;
  return { ok: true, draft: built.draft, mapping: mapping.ref, remarks, leftOver };
}

/** Kept by the mapping that takes what all others leave, as something that opens no ticket. */
const isLeftOver = ({ mappings }: MappingSet, { accepts }: Mapping, { kind }: Draft): boolean =>
  accepts === null && mappings.length > 1 && kind === 'event';

function leftOverText({ mappings }: MappingSet, { ref }: Mapping): string {
  const others = mappings.map((each) => each.ref.name).filter((name) => name !== ref.name);
  return `opens no ticket: none of ${others.join(', ')} takes it; a misspelt or missing field is the usual cause, \`hubbub mapping explain\` shows which`;
}

/** The first mapping whose `accepts` holds; a catch-all holds always. */
export function chooseMapping(set: MappingSet, input: MappingInput, run: Run): Mapping | null {
  const holds = ({ accepts }: Mapping) => accepts === null || isTruth(accepts.read(input, run));
  return set.mappings.find(holds) ?? null;
}

function firstMissing(mapping: Mapping, draft: Draft): string | null {
  for (const target of mapping.draft.required) {
    const value = valueAt(draft, target);
    if (value === null || value === undefined || value === '') return target;
  }
  return null;
}

/** `sender.name` of a draft; a name below `fields` may hold dots itself. */
export function valueAt(draft: Draft, target: string): unknown {
  const dot = target.indexOf('.');
  const group = dot < 0 ? target : target.slice(0, dot);
  const value = draft[group as keyof Draft] as unknown;
  if (dot < 0 || typeof value !== 'object' || value === null) return value;
  return (value as Record<string, unknown>)[target.slice(dot + 1)];
}

function missingText({ file, draft }: Mapping, target: string): string {
  const plain = PLAIN_TARGETS.find((name) => name === target);
  const rule = plain === undefined ? undefined : draft.plain[plain];
  const tried = rule === undefined ? '' : `; tried ${sourceText(rule.source)}`;
  const line = rule === undefined ? '' : `:${rule.line}`;
  return `${file}${line}: \`${target}\` is empty in this document${tried}`;
}
