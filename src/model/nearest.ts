/** Names further away than this are no help. */
const FARTHEST = 4;

/** The known name with the smallest edit distance to `name`, or null when none is near enough. */
export function nearestName(
  name: string,
  known: Iterable<string>,
  farthest = Math.min(FARTHEST, Math.max(2, Math.ceil(name.length / 2))),
): string | null {
  let best: string | null = null;
  let least = farthest + 1;
  const short = name.slice(0, 60).toLowerCase();
  for (const candidate of known) {
    const distance = editDistance(short, candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
