/** Things that are one, found by joining two at a time. */
export class Union<T> {
  private readonly parent = new Map<T, T>();

  find(one: T): T {
    let root = one;
    for (let up = this.parent.get(root); up !== undefined && up !== root;) {
      root = up;
      up = this.parent.get(root);
    }
    this.parent.set(one, root);
    return root;
  }

  join(one: T, other: T): void {
    const [a, b] = [this.find(one), this.find(other)];
    if (a !== b) this.parent.set(b, a);
  }
}

/** In the order in which the keys first came. */
export function groupBy<T, K>(list: Iterable<T>, key: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) {
    const name = key(one);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return groups;
}

/** How many pairs there are among n. */
export const pairsAmong = (n: number): number => (n * (n - 1)) / 2;

/** Null where there is nothing to take a share of. */
export const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : part / whole;

/** Both languages or channels of a pair, in one order. */
export const pairName = (one: string, other: string): string =>
  one < other ? `${one} + ${other}` : `${other} + ${one}`;

/** Harmonic mean of precision and recall. */
export function f1(precision: number | null, recall: number | null): number | null {
  if (precision === null || recall === null) return null;
  return precision === 0 || recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
