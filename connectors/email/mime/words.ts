import { decodeWords } from 'postal-mime';
import { mendWindows1252 } from './charset.js';

/** RFC 2047 encoded words as text; words in an unknown charset are read as Western. */
export function decodeHeaderWords(text: string): string {
  return mendWindows1252(decodeWords(text));
}
