import {
  edgeBetween,
  edgeStandingOn,
  foundBetween,
  lockedRoot,
  lockedRoots,
  subtree,
  type Node,
  type Rows,
} from './forest.js';
import type { Decision } from './graph.js';
import type { Act } from './tickets.js';
import { conflictBetween, type Held } from '../model/identity.js';
import type { Localised } from '../model/localised.js';
import { deriveBlocked } from '../store/person-blocks.js';
import {
  handlesOf,
  hangPerson,
  insertPersonLink,
  personById,
  personForChange,
  personLinksOf,
  personTree,
  rootPerson,
  undoPersonLink,
  unhangPerson,
  type PersonLinkRow,
  type PersonRow,
} from '../store/persons.js';
import type { Work } from '../store/work.js';

/**
 * Persons as the trees of `forest.ts` by `joined_into`. What was learned of somebody stays with the
 * member it was learned of, so that an un-join gives back exactly who was there before.
 */
const ROWS: Rows<PersonRow> = { byId: personById, forChange: personForChange };

/** The root of a person, kept from other writers until the commit, and with it everybody joined into it. */
export function* lockedPerson(person: number): Work<PersonRow | undefined> {
  const row = yield* personById(person);
  return row === undefined ? undefined : yield* lockedRoot(ROWS, row);
}

/** Joins two persons with all their members: the older root speaks for both. Returns the root. */
export function* joinPersons(
  one: number,
  other: number,
  decision: Decision,
): Work<number | undefined> {
  const roots = yield* lockedRoots(ROWS, one, other);
  if (roots === undefined) return undefined;
  const [older, younger] = roots;
  if (older.id === younger.id) return older.id;
  const tree = nodesOf(yield* personTree(older.id));
  const { parent, because } = edgeBetween(tree, [one, other], younger.id);
  yield* insertPersonLink({
    ...{ older: parent, younger: younger.id, decision: 'same', because },
    ...words(decision),
  });
  yield* hangPerson(younger.id, parent, older.id);
  if (older.blocked !== younger.blocked) yield* deriveBlocked(older.id);
  return older.id;
}

export type Joined =
  | { readonly kind: 'done'; readonly root: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict'; readonly why: Localised };

/**
 * An agent says that two persons are one. Where their proofs say otherwise they have to say it knowing
 * that: `anyway`.
 */
export function* joinByHand(one: number, other: number, act: Act, anyway: boolean): Work<Joined> {
  const roots = yield* lockedRoots(ROWS, one, other);
  if (roots === undefined) return { kind: 'unknown' };
  const [a, b] = roots;
  if (a.group_id !== b.group_id) {
    return conflict(
      'the two persons belong to different groups, which share no customers',
      '两位客户属于不同的组,客户不跨组合并',
    );
  }
  const clash = conflictBetween(yield* handlesOf(a.id), yield* handlesOf(b.id));
  if (a.id !== b.id && clash !== undefined && !anyway) {
    const [x, y] = clash.map(wordsOf);
    return conflict(
      `their proofs conflict (${x?.en} and ${y?.en}): say "anyway" if one person holds both`,
      `双方已验证的身份互相冲突(${x?.zh} 与 ${y?.zh}):若确为同一人,请指定 anyway`,
    );
  }
  const root = yield* joinPersons(one, other, decidedBy(act, 'same'));
  return root === undefined ? { kind: 'unknown' } : { kind: 'done', root };
}

/** An agent says that they are different, so that no proof joins them and no question asks again. */
export function* tellPersonsApart(one: number, other: number, act: Act): Work<Joined> {
  const roots = yield* lockedRoots(ROWS, one, other);
  if (roots === undefined) return { kind: 'unknown' };
  const [a, b] = roots;
  if (a.id === b.id) {
    return conflict(
      `both are part of person ${a.id} now: take one out with unjoin`,
      `两者现在都属于客户 ${a.id}:请先取消合并`,
    );
  }
  yield* judgePersons(one, other, 'different', decidedBy(act, 'different'));
  return { kind: 'done', root: yield* rootPerson(one) };
}

/** Takes a person, with everybody joined into them, out again and remembers that they differ. */
export function* unjoinPerson(person: number, act: Act): Work<Joined> {
  const root = yield* lockedPerson(person);
  if (root === undefined) return { kind: 'unknown' };
  const tree = yield* personTree(root.id);
  const parent = tree.find(({ id }) => id === person)?.joined_into ?? null;
  if (parent === null) {
    return conflict(
      `person ${person} is not joined into another: name a member`,
      `客户 ${person} 没有合并到其他客户:请指定一个成员`,
    );
  }
  const below = subtree(nodesOf(tree), person);
  const links = yield* personLinksOf(tree.map(({ id }) => id));
  const standing = edgeStandingOn(nodesOf(tree), links, new Set(below));
  if (standing !== undefined) {
    const { younger: child, older: above } = standing;
    return conflict(
      `person ${child} was joined into ${above} because of person ${person}: take ${child} out first`,
      `客户 ${child} 因客户 ${person} 而合并到 ${above}:请先取消 ${child} 的合并`,
    );
  }
  yield* undoPersonLink(parent, person, act.at);
  const decision = decidedBy(act, 'different');
  const found = foundBetween(links, parent, person);
  if (found !== null) yield* judgePersons(...found, 'different', decision);
  yield* judgePersons(parent, person, 'different', decision);
  yield* unhangPerson(
    person,
    below.filter((id) => id !== person),
  );
  for (const side of [root.id, person]) yield* deriveBlocked(side);
  return { kind: 'done', root: root.id };
}

/** A judgement that joins nobody: a question to an agent, or that they differ. */
export function* judgePersons(
  one: number,
  other: number,
  verdict: 'possible' | 'different',
  decision: Decision,
): Work<void> {
  const [older, younger] = one < other ? [one, other] : [other, one];
  yield* insertPersonLink({ older, younger, decision: verdict, ...words(decision), because: null });
}

/** Asks an agent whether two persons are one; once, and not where one has answered already. */
export function* askWhetherSame(one: number, other: number, decision: Decision): Work<void> {
  const links = yield* linksBetween(one, other);
  if (links.length === 0) yield* judgePersons(one, other, 'possible', decision);
}

/** True when somebody said that they, or others joined with them, are different persons. */
export function* areKeptApart(one: number, other: number): Work<boolean> {
  return (yield* linksBetween(one, other)).some(({ decision }) => decision === 'different');
}

/** Every decision about a member of the one tree and one of the other. */
function* linksBetween(one: number, other: number): Work<readonly PersonLinkRow[]> {
  const [a, b] = [yield* treeIds(one), yield* treeIds(other)];
  const links = yield* personLinksOf([...a]);
  return links.filter(
    ({ older, younger }) => (a.has(older) && b.has(younger)) || (b.has(older) && a.has(younger)),
  );
}

function* treeIds(root: number): Work<ReadonlySet<number>> {
  return new Set((yield* personTree(root)).map(({ id }) => id));
}

const nodesOf = (tree: readonly PersonRow[]): readonly Node[] =>
  tree.map(({ id, joined_into }) => ({ id, parent: joined_into }));

const KINDS: Readonly<Record<string, Localised>> = {
  email: { en: 'mailbox', zh: '邮箱' },
  phone: { en: 'phone', zh: '电话' },
  openid: { en: 'openid', zh: 'openid' },
  unionid: { en: 'unionid', zh: 'unionid' },
  uid: { en: 'account', zh: '账号' },
  customerId: { en: 'customer number', zh: '客户号' },
};

/** A handle as evidence names it. */
export function wordsOf({ kind, value }: Held): Localised {
  const { en, zh } = KINDS[kind] ?? { en: kind, zh: kind };
  return { en: `${en} ${value}`, zh: `${zh} ${value}` };
}

function decidedBy({ who, at }: Act, decision: 'same' | 'different'): Decision {
  const sentence =
    decision === 'same'
      ? { en: `${who} found them to be one person`, zh: `${who} 判定为同一客户` }
      : { en: `${who} found them to be different persons`, zh: `${who} 判定为不同客户` };
  return { author: who, at, evidence: [{ kind: 'agent', sentence, weight: null }] };
}

const words = ({ author, at, evidence }: Decision) => ({
  author,
  at,
  evidence: JSON.stringify(evidence),
});

function conflict(en: string, zh: string): Joined {
  return { kind: 'conflict', why: { en, zh } };
}
