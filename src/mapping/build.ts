import { DRAFT_LIMITS, DraftKind } from '../model/draft.js';
import type { Draft, DraftAttachment, DraftReceipt } from '../model/draft.js';
import { HandleKind, Proof } from '../model/identity.js';
import type { Identity } from '../model/identity.js';
import type {
  AttachmentRule,
  CompiledDraft,
  IdentityRule,
  ListRule,
  NamedRule,
} from './compile-fields.js';
import {
  fitChoice,
  fitFlag,
  fitJson,
  fitKey,
  fitName,
  fitPeople,
  fitSha256,
  fitSize,
  fitText,
  fitTime,
  fitWhole,
} from './fit.js';
import type { MappingBase } from './mapping.js';
import { readRule } from './rule.js';
import type { Rule } from './rule.js';
import type { Run } from '../model/work.js';

const MOST_IDENTITIES = 20;
const LONGEST_FIELD = 2_000;
const RECEIPT_STATUS = ['sent', 'delivered', 'read', 'failed'] as const;
const VISIBILITY = ['private', 'public'] as const;

/** Where the rules of one draft read: the root of the fields, and the run that pays for it. */
export interface Place {
  readonly at: unknown;
  readonly run: Run;
}

type Built = { readonly draft: Draft } | { readonly missing: string };

/** Every field of a draft from its rule, in the bounds of the schema; or the first needed one that is empty. */
export function buildDraft(
  rules: CompiledDraft,
  place: Place,
  base: MappingBase,
  receivedAt: string,
): Built {
  const { run } = place;
  const plain = rules.plain;
  const id = fitKey(read(plain.id, place), 'id', run);
  const conversation = fitKey(read(plain.conversation, place), 'conversation', run);
  const handle = fitName(read(plain['sender.handle'], place), 320, 'sender.handle', run);
  if (id === null) return { missing: 'id' };
  if (conversation === null) return { missing: 'conversation' };
  if (handle === null) return { missing: 'sender.handle' };
  const draft: Draft = {
    id,
    connection: base.connection,
    channel: base.channel,
    conversation,
    kind: fitChoice(read(rules.kind, place), DraftKind.options, 'kind', run) ?? 'event',
    about: fitKey(read(plain.about, place), 'about', run),
    receipt: receiptOf(rules, place),
    sentAt: fitTime(read(plain.sentAt, place), 'sentAt', run),
    receivedAt,
    sender: {
      handle,
      name: fitText(read(plain['sender.name'], place), 200, 'sender.name', run),
      identities: identitiesOf(rules.identities, place),
    },
    ...addressing(rules, place),
    ...content(rules, place),
    attachments: attachmentsOf(rules.attachments, place),
    fields: fieldsOf(rules.fields, place),
    replyContext: contextOf(rules.replyContext, place),
    locale: fitWhole(read(plain.locale, place), 35, 'locale', run),
    inReplyTo: fitKey(read(plain.inReplyTo, place), 'inReplyTo', run),
    historic: fitFlag(read(plain.historic, place), 'historic', run),
  };
  if (run.cut.length > 0) draft.fields['truncated'] = run.cut.join(',');
  return { draft: keepable(draft, run) };
}

function read(rule: Rule | undefined, place: Place): unknown {
  return rule === undefined ? null : readRule(rule, place.at, place.run);
}

function addressing(rules: CompiledDraft, place: Place) {
  const { plain } = rules;
  const { run } = place;
  return {
    to: fitPeople(read(plain.to, place), DRAFT_LIMITS.people, 'to', run),
    cc: fitPeople(read(plain.cc, place), DRAFT_LIMITS.people, 'cc', run),
    visibility:
      fitChoice(read(plain.visibility, place), VISIBILITY, 'visibility', run) ?? 'private',
    parent: fitKey(read(plain.parent, place), 'parent', run),
    permalink: fitWhole(read(plain.permalink, place), 2_000, 'permalink', run),
  } as const;
}

function content({ plain }: CompiledDraft, place: Place) {
  const { run } = place;
  return {
    subject: fitText(read(plain.subject, place), 2_000, 'subject', run),
    text: fitText(read(plain.text, place), DRAFT_LIMITS.text, 'text', run) ?? '',
    html: fitText(read(plain.html, place), DRAFT_LIMITS.html, 'html', run),
  };
}

function receiptOf({ plain }: CompiledDraft, place: Place): DraftReceipt | null {
  const { run } = place;
  const given = read(plain['receipt.status'], place);
  const status = fitChoice(given, RECEIPT_STATUS, 'receipt.status', run);
  if (status === null) return null;
  return {
    status,
    at: fitTime(read(plain['receipt.at'], place), 'receipt.at', run),
    code: fitText(read(plain['receipt.code'], place), 200, 'receipt.code', run),
    upTo: fitKey(read(plain['receipt.upTo'], place), 'receipt.upTo', run),
  };
}

/** A fact whose kind needs more than came is kept as an event, so that nothing is lost. */
function keepable(draft: Draft, run: Run): Draft {
  const why =
    draft.kind === 'receipt' && draft.receipt === null
      ? 'a receipt without a known status'
      : (draft.kind === 'edit' || draft.kind === 'recall') && draft.about === null
        ? `${draft.kind} of no message`
        : null;
  if (why === null) return draft;
  run.remarks.push(`kind: ${why}; kept as an event`);
  return { ...draft, kind: 'event' };
}

/** Every item of every entry, at most `most`. */
function itemsOf<Name extends string, T>(
  entries: readonly ListRule<Name>[],
  place: Place,
  most: number,
  make: (rules: ListRule<Name>['rules'], item: Place) => T | null,
): T[] {
  const made: T[] = [];
  for (const { each, rules } of entries) {
    for (const at of each === null ? [place.at] : listOf(each.read(place.at, place.run))) {
      const item = make(rules, { at, run: place.run });
      if (item === null) continue;
      if (made.length === most) {
        place.run.remarks.push(`more than ${most} items of a list; the rest was left out`);
        return made;
      }
      made.push(item);
    }
  }
  return made;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function identitiesOf(entries: readonly IdentityRule[], place: Place): Identity[] {
  return itemsOf(entries, place, MOST_IDENTITIES, (rules, item) => {
    const { run } = item;
    const value = fitWhole(read(rules.value, item), 320, 'identity.value', run);
    if (value === null) return null;
    const kind = fitChoice(read(rules.kind, item), HandleKind.options, 'identity.kind', run);
    if (kind === null) return null;
    const proof = fitChoice(read(rules.proof, item), Proof.options, 'identity.proof', run);
    const scope = fitName(read(rules.scope, item), 200, 'identity.scope', run) ?? '';
    return { kind, value, scope, proof: proof ?? 'weak' };
  });
}

function attachmentsOf(entries: readonly AttachmentRule[], place: Place): DraftAttachment[] {
  return itemsOf(entries, place, DRAFT_LIMITS.attachments, (rules, item) => {
    const { run } = item;
    const ref = fitWhole(read(rules.ref, item), 2_000, 'attachment.ref', run);
    if (ref === null) return null;
    return {
      ref,
      name: fitText(read(rules.name, item), 300, 'attachment.name', run),
      type: fitWhole(read(rules.type, item), 200, 'attachment.type', run),
      size: fitSize(read(rules.size, item)),
      sha256: fitSha256(read(rules.sha256, item)),
    };
  });
}

function fieldsOf(rules: readonly NamedRule[], place: Place): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { name, rule } of rules) {
    const value = fitText(read(rule, place), LONGEST_FIELD, `fields.${name}`, place.run);
    if (value !== null) fields[name] = value;
  }
  return fields;
}

function contextOf(rules: readonly NamedRule[], place: Place): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const { name, rule } of rules) {
    const found = read(rule, place);
    const value = found === null ? null : fitJson(found, `replyContext.${name}`, place.run);
    if (value !== null) context[name] = value;
  }
  return context;
}
