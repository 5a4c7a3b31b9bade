const NUL = '\u0000';

/**
 * Text that every database takes: U+0000 and lone surrogates become U+FFFD. Says whether anything
 * was replaced, so that the envelope can be remarked.
 */
export function cleanText(text: string): { readonly text: string; readonly replaced: boolean } {
  if (text.isWellFormed() && !text.includes(NUL)) return { text, replaced: false };
  return { text: text.toWellFormed().replaceAll(NUL, '\uFFFD'), replaced: true };
}
