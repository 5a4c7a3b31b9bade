const NUL = '\u0000';

/**
 * Text that every database takes: U+0000 and lone surrogates become U+FFFD. Says whether anything
 * was replaced, so that the envelope can be remarked.
 */
export function cleanText(text: string): { readonly text: string; readonly replaced: boolean } {
  if (text.isWellFormed() && !text.includes(NUL)) return { text, replaced: false };
  return { text: withoutNul(text.toWellFormed()), replaced: true };
}

/** One pass over the code units: replacing by search takes seconds for megabytes of nothing but zeros. */
function withoutNul(text: string): string {
  if (!text.includes(NUL)) return text;
  const units = Buffer.from(text, 'utf16le');
  for (let at = 0; at < units.length; at += 2) {
    if (units[at] === 0 && units[at + 1] === 0) units.writeUInt16LE(0xfffd, at);
  }
  return units.toString('utf16le');
}
