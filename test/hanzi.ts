/** Characters of three bytes that no database can compress: the worst a name or id can be. */
export function randomHanzi(length: number): string {
  let seed = 1;
  const next = (): number => (seed = (seed * 48_271) % 0x7fff_ffff);
  return Array.from({ length }, () => String.fromCharCode(0x4e00 + (next() % 20_000))).join('');
}
