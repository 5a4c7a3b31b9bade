/**
 * What a global pattern finds in a text, as `matchAll` would, without copying the pattern for each text:
 * most patterns find nothing in most texts. The pattern never matches an empty text.
 */
export function matchesIn(pattern: RegExp, text: string, limit = Infinity): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  while (found.length < limit) {
    const match = pattern.exec(text);
    if (match === null) break;
    found.push(match);
  }
  return found;
}
