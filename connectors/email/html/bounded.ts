import { tokens } from './tokens.js';

/** Open elements at most; deeper tags are left out, their text stays. */
const DEPTH = 60;

/** Longer attributes of a tag (pictures as data) are left out with it. */
const ATTRIBUTES = 8_000;

const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/**
 * The same HTML with balanced tags of bounded depth: the sanitiser's time grows with depth times
 * length, and a stranger chooses both. No safety rests on this; the sanitiser reads the result.
 */
export function boundedHtml(html: string, length: number): { html: string; truncated: boolean } {
  const out: string[] = [];
  const open: string[] = [];
  let size = 0;
  let truncated = false;
  for (const token of tokens(html)) {
    const piece = pieceOf(token, open);
    const fits = size + piece.length <= length;
    if (fits || token.kind === 'text') out.push(fits ? piece : piece.slice(0, length - size));
    size += piece.length;
    if (!fits) {
      truncated = true;
      break;
    }
  }
  return { html: out.join(''), truncated };
}

type Piece = ReturnType<typeof tokens> extends Generator<infer T> ? T : never;

function pieceOf(token: Piece, open: string[]): string {
  if (token.kind === 'text') return token.text.replaceAll('<', '&lt;');
  if (token.kind === 'close') return closed(token.name, open);
  if (token.attributes.length > ATTRIBUTES) return '';
  if (!VOID.has(token.name)) {
    if (open.length >= DEPTH) return '';
    open.push(token.name);
  }
  return `<${token.name}${token.attributes}>`;
}

/** Closes what is open above it as well; a closing tag without its opening one is left out. */
function closed(name: string, open: string[]): string {
  const at = open.lastIndexOf(name);
  if (at < 0) return '';
  return open
    .splice(at)
    .toReversed()
    .map((each) => `</${each}>`)
    .join('');
}
