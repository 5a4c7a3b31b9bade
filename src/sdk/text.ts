const UNPRINTABLE = /\u0000/g;

/**
 * Text that every database takes: U+0000 and lone surrogates become U+FFFD. Says whether anything
 * was replaced, so that the envelope can be remarked.
 */
export function cleanText(text: string): { readonly text: string; readonly replaced: boolean } {
  const clean = text.toWellFormed().replace(UNPRINTABLE, '\uFFFD');
  return { text: clean, replaced: clean !== text };
}
