import type { Work } from '../store/work.js';

/**
 * What tickets and persons have in common: each stands alone or hangs under an older one, and the
 * oldest of a tree, its root, speaks for all. A tree is never flattened, so that taking one edge out
 * gives back exactly what stood below it. Nobody hangs under a younger one (a CHECK of both tables),
 * hence no cycle.
 */
export interface Node {
  readonly id: number;
  /** What it hangs under; null on a root. */
  readonly parent: number | null;
}

/** A node with everything below it; `tree` oldest first, so that a parent always stands before its children. */
export function subtree(tree: readonly Node[], top: number): readonly number[] {
  const inside = new Set([top]);
  for (const { id, parent } of tree) if (parent !== null && inside.has(parent)) inside.add(id);
  return [...inside];
}

/**
 * Where another tree is hung that was found to be the same as `named`: under `named` itself, so that
 * the two stay together when `named` is taken out; where that is younger, under the nearest above it
 * that is older. The root always is.
 */
function placeUnder(tree: readonly Node[], named: number, root: number): number {
  const parents = new Map(tree.map(({ id, parent }) => [id, parent]));
  let place = named;
  while (place >= root) {
    const above = parents.get(place);
    if (above === undefined || above === null) break;
    place = above;
  }
  return place;
}

/** An edge that ties a younger tree to an older one. */
export interface Edge {
  readonly parent: number;
  /** JSON list of the two that were found to be the same, where the edge ties others; else null. */
  readonly because: string | null;
}

/** Where the tree of `younger`, a root, is hung when these two were found to be the same; `tree` holds one of them. */
export function edgeBetween(
  tree: readonly Node[],
  [one, other]: readonly [number, number],
  younger: number,
): Edge {
  const [named, brought] = tree.some(({ id }) => id === one) ? [one, other] : [other, one];
  const parent = placeUnder(tree, named, younger);
  const asNamed = parent === named && younger === brought;
  return { parent, because: asNamed ? null : JSON.stringify([named, brought]) };
}

interface Rooted {
  readonly id: number;
  readonly root_id: number | null;
}

/** How rows of one table are read; `forChange` keeps the row from other writers until the commit. */
export interface Rows<T extends Rooted> {
  byId(id: number): Work<T | undefined>;
  forChange(id: number): Work<T | undefined>;
}

const rootIdOf = ({ id, root_id }: Rooted): number => root_id ?? id;

/**
 * The root of a row, locked. A root's lock is that of its whole tree: whoever changes the tree or
 * folds its events holds it, so that on Postgres nobody overwrites what another has just written.
 */
export function* lockedRoot<T extends Rooted>(rows: Rows<T>, row: T): Work<T | undefined> {
  let seen = row;
  for (;;) {
    const root = yield* rows.forChange(rootIdOf(seen));
    if (root === undefined) return undefined;
    if (root.root_id === null && root.id === seen.id) return root;
    const again = root.id === seen.id ? root : yield* rows.byId(seen.id);
    if (again === undefined) return undefined;
    if (root.root_id === null && again.root_id === root.id) return root;
    // It was merged or taken out while we waited for the lock.
    seen = again;
  }
}

/** The roots of two rows, locked, the older first; the same one twice when they are one already. */
export function* lockedRoots<T extends Rooted>(
  rows: Rows<T>,
  one: number,
  other: number,
): Work<readonly [T, T] | undefined> {
  for (;;) {
    const before = yield* rootIds(rows, one, other);
    if (before === undefined) return undefined;
    const older = yield* rows.forChange(Math.min(...before));
    const younger = before[0] === before[1] ? older : yield* rows.forChange(Math.max(...before));
    const now = yield* rootIds(rows, one, other);
    if (older === undefined || younger === undefined || now === undefined) return undefined;
    if (now[0] === before[0] && now[1] === before[1]) return [older, younger];
  }
}

function* rootIds<T extends Rooted>(
  rows: Rows<T>,
  one: number,
  other: number,
): Work<readonly [number, number] | undefined> {
  const [a, b] = [yield* rows.byId(one), yield* rows.byId(other)];
  return a === undefined || b === undefined ? undefined : [rootIdOf(a), rootIdOf(b)];
}

/** A decision about two of a kind, as both tables keep it. */
export interface Finding {
  readonly older: number;
  readonly younger: number;
  readonly decision: string;
  readonly undone_at: number | null;
  /** JSON list of the two that were found to be the same, where the edge ties others; else null. */
  readonly because: string | null;
}

/**
 * The first edge outside `below` that stands on a finding about somebody inside it: without them it
 * would lose its reason.
 */
export function edgeStandingOn(
  tree: readonly Node[],
  findings: readonly Finding[],
  below: ReadonlySet<number>,
): Finding | undefined {
  return findings.find(({ older, younger, decision, undone_at, because }) => {
    if (decision !== 'same' || undone_at !== null || because === null) return false;
    const live = tree.some(({ id, parent }) => id === younger && parent === older);
    return (
      live && !below.has(younger) && (JSON.parse(because) as number[]).some((id) => below.has(id))
    );
  });
}

/** What the live edge between these two stands on, where it stands on others: whoever takes it out says they differ. */
export function foundBetween(
  findings: readonly Finding[],
  parent: number,
  child: number,
): readonly [number, number] | null {
  const edge = findings.find(
    ({ older, younger, decision, undone_at }) =>
      older === parent && younger === child && decision === 'same' && undone_at === null,
  );
  return typeof edge?.because === 'string' ? (JSON.parse(edge.because) as [number, number]) : null;
}
