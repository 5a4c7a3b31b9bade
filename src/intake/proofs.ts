/**
 * Called by: identify, for every draft that tells something new of somebody; who-speaks reads by it.
 * Given: the addresses a draft came with, and how far each proves who speaks.
 * Leaves behind: persons joined where one draft proves both; a question where proofs conflict; an
 * address that several people were seen with marked, so that it proves nobody any more.
 */
import { askWhetherSame, areKeptApart, joinPersons, wordsOf } from '../desk/persons.js';
import type { Decision } from '../desk/graph.js';
import {
  conflictBetween,
  isOwnAccount,
  isSameHandle,
  isShareable,
  type Held,
  type Identity,
} from '../model/identity.js';
import type { Localised } from '../model/localised.js';
import {
  firmHandle,
  handlesOf,
  holdersOf,
  insertHandle,
  rootPerson,
  sharedSince,
  shareHandle,
  type HandleRow,
} from '../store/persons.js';
import type { Work } from '../store/work.js';

/** Of the people who were seen with one mailbox, so many are looked at: a company's has thousands. */
const MOST_HOLDERS = 20;

/** An address as it was seen with somebody; `sharedAt`: several people are known to use it. */
export type Seen = Identity & { readonly sharedAt: number | null };

/** Whoever speaks, and what they came with. */
export interface Speaker {
  readonly group: number;
  readonly name: string | null;
  readonly seen: readonly Seen[];
  readonly now: number;
}

/** Somebody whom a proof names as well and who is not joined. */
export interface NotJoined {
  /** Their root. */
  readonly person: number;
  readonly by: Identity;
  readonly why: Localised;
}

/** A member whom a proof names, with their root: what is learned now is the member's own. */
export interface Leading {
  readonly person: number;
  readonly root: number;
  readonly by: Identity;
}

/** A member with their root, and the addresses of the whole tree as they stand. */
export interface Present {
  readonly person: number;
  readonly root: number;
  /** An agent wants to hear no more of them. */
  readonly isBlocked: boolean;
  readonly handles: readonly HandleRow[];
}

export interface Named {
  readonly leading: Leading | undefined;
  readonly notJoined: readonly NotJoined[];
}

/** The addresses of a draft, each with what is known of its being shared. */
export function* seenNow(group: number, identities: readonly Identity[]): Work<readonly Seen[]> {
  const seen: Seen[] = [];
  for (const identity of identities) {
    const doubtful = isShareable(identity) && identity.proof !== 'weak';
    seen.push({ ...identity, sharedAt: doubtful ? yield* sharedSince(group, identity) : null });
  }
  return seen;
}

/** What proves who speaks. */
export const proofsOf = (seen: readonly Seen[]): readonly Seen[] =>
  seen.filter(({ proof, sharedAt }) => proof === 'proven' && sharedAt === null);

/** An account is one person's; a phone or a mailbox may be a family's. */
export const mostSpecificFirst = (proofs: readonly Seen[]): readonly Seen[] => [
  ...proofs.filter(isOwnAccount),
  ...proofs.filter(isShareable),
];

/** The addresses as far as they prove anything: a shared one is no better than a claim. */
export const asFarAsProven = (seen: readonly Seen[]): readonly Identity[] =>
  seen.map(({ sharedAt, ...identity }) =>
    sharedAt === null ? identity : { ...identity, proof: 'weak' },
  );

/**
 * Whom the proofs name; `present`, where one of them is theirs. Persons join on proof only, never when
 * their proofs conflict, never when somebody has said that they differ. The most specific proof is
 * followed first: a phone that a family shares leads nowhere when its owner holds another account of
 * a kind that this draft proves.
 */
export function* namedBy({ group, seen, now }: Speaker, present: Leading | undefined): Work<Named> {
  const proofs = proofsOf(seen);
  const accounts = proofs.filter(isOwnAccount);
  const notJoined: NotJoined[] = [];
  let leading = present;
  for (const by of mostSpecificFirst(proofs)) {
    const handle = yield* firmHandle(group, by);
    const root = handle === undefined ? undefined : yield* rootPerson(handle.person_id);
    if (handle === undefined || root === undefined || root === leading?.root) continue;
    const why = yield* whyNotJoined(accounts, root, leading);
    if (why !== null) {
      notJoined.push({ person: root, by, why });
    } else if (leading === undefined) {
      leading = { person: handle.person_id, root, by };
    } else {
      const decision = provenTogether(leading.by, by, now);
      const joined = yield* joinPersons(leading.person, handle.person_id, decision);
      leading = { ...leading, root: joined ?? leading.root };
    }
  }
  return { leading, notJoined };
}

/** Null: nothing speaks against it. */
export function* whyNotJoined(
  accounts: readonly Identity[],
  other: number,
  leading: Leading | undefined,
): Work<Localised | null> {
  const known = leading === undefined ? [] : yield* handlesOf(leading.root);
  const clash = conflictBetween([...accounts, ...known], yield* handlesOf(other));
  if (clash !== undefined) return conflictWords(clash);
  return leading !== undefined && (yield* areKeptApart(leading.root, other)) ? KEPT_APART : null;
}

const KEPT_APART: Localised = {
  en: 'somebody said before that they are different persons',
  zh: '此前已有人判定他们是不同的客户',
};

function conflictWords([one, other]: readonly [Held, Held]): Localised {
  const [x, y] = [wordsOf(one), wordsOf(other)];
  return { en: `but ${x.en} and ${y.en} are two accounts`, zh: `但 ${x.zh} 与 ${y.zh} 是两个账号` };
}

/**
 * What the speaker came with is this member's from now on, and what follows from whom they could not
 * be joined with is drawn. Returns what they came with, as it is known then.
 */
export function* keep(
  speaker: Speaker,
  { person, root, handles }: Present,
  notJoined: readonly NotJoined[],
): Work<readonly Seen[]> {
  const { group, now } = speaker;
  // An account stays with whoever proved it first; a proof that the tree has needs no second place.
  const own = speaker.seen.filter(
    (one) => !notJoined.some(({ by }) => by === one && isOwnAccount(by)),
  );
  const has = (one: Seen): boolean =>
    handles.some(
      (row) => isSameHandle(row, one) && (one.proof === 'proven' || row.person_id === person),
    );
  for (const one of own.filter((each) => !has(each))) {
    const row = { group_id: group, person_id: person, shared_at: one.sharedAt };
    yield* insertHandle(row, one, now);
  }
  const all = [...notJoined, ...(yield* othersSeenWith({ ...speaker, seen: own }, root))];
  if (all.length === 0) return own;
  yield* settleNotJoined(speaker, root, all);
  return yield* seenNow(group, own);
}

/**
 * What follows from not being joined: an agent is asked, and a phone or mailbox that two such people
 * came with loses its strength.
 */
function* settleNotJoined(
  { group, now }: Speaker,
  root: number,
  notJoined: readonly NotJoined[],
): Work<void> {
  for (const { person: other, by, why } of notJoined) {
    if (root !== other) yield* askWhetherSame(root, other, cameWithBoth(by, why, now));
    if (isShareable(by)) yield* shareHandle(group, by, now);
  }
}

/**
 * Others who were seen with one of the speaker's phones or mailboxes and hold a conflicting account,
 * whether or not the address was a proof for either.
 */
function* othersSeenWith({ group, seen }: Speaker, root: number): Work<readonly NotJoined[]> {
  const doubtful = seen.filter(
    (one) => isShareable(one) && one.proof !== 'weak' && one.sharedAt === null,
  );
  const own = doubtful.length === 0 ? [] : yield* handlesOf(root);
  if (!own.some(isOwnAccount)) return [];
  const found: NotJoined[] = [];
  for (const by of doubtful) {
    for (const other of yield* holdersOf(group, by, MOST_HOLDERS)) {
      const clash = conflictBetween(own, yield* handlesOf(other));
      if (clash === undefined) continue;
      found.push({ person: other, by, why: conflictWords(clash) });
      break;
    }
  }
  return found;
}

/**
 * A conversation that has proven whose it is hears a proof of somebody else. Nothing is learned from
 * it but the question, and that a phone or mailbox is shared where their accounts conflict.
 */
export function* heardAnother(
  { group, now }: Speaker,
  owner: { readonly root: number; readonly handles: readonly Held[] },
  { root, by }: Leading,
): Work<void> {
  const clash = conflictBetween(owner.handles, yield* handlesOf(root));
  const decision =
    clash === undefined ? onOneConversation(by, now) : cameWithBoth(by, conflictWords(clash), now);
  yield* askWhetherSame(owner.root, root, decision);
  if (clash !== undefined && isShareable(by)) yield* shareHandle(group, by, now);
}

function provenTogether(one: Held, other: Held, at: number): Decision {
  const [x, y] = [wordsOf(one), wordsOf(other)];
  const sentence = {
    en: `one message proved both ${x.en} and ${y.en}`,
    zh: `同一条消息同时验证了 ${x.zh} 和 ${y.zh}`,
  };
  return { author: 'hubbub', at, evidence: [{ kind: 'provenTogether', sentence, weight: null }] };
}

function cameWithBoth(by: Held, why: Localised, at: number): Decision {
  const it = wordsOf(by);
  const sentence = { en: `both came with ${it.en}`, zh: `双方都使用过 ${it.zh}` };
  return {
    author: 'hubbub',
    at,
    evidence: [
      { kind: 'sameHandle', sentence, weight: null },
      { kind: 'conflict', sentence: why, weight: null },
    ],
  };
}

function onOneConversation(by: Held, at: number): Decision {
  const it = wordsOf(by);
  const sentence = {
    en: `a conversation that had proven another owner proved ${it.en}`,
    zh: `一个已验证属于他人的会话又验证了 ${it.zh}`,
  };
  return { author: 'hubbub', at, evidence: [{ kind: 'oneConversation', sentence, weight: null }] };
}

/** A conversation of claims proves whose it is. */
export function claimProven(by: Held, at: number): Decision {
  const it = wordsOf(by);
  const sentence = {
    en: `a conversation on which nothing was proven before proved ${it.en}`,
    zh: `一个此前未验证身份的会话验证了 ${it.zh}`,
  };
  return { author: 'hubbub', at, evidence: [{ kind: 'claimProven', sentence, weight: null }] };
}
