/** How much one message of a platform takes. */
export interface Room {
  /** UTF-16 units of one message at most. */
  readonly characters: number;
  /** A new message: takes one character after the other, and says of each whether all of them fit. */
  readonly open: () => (char: string) => boolean;
}

/** Room by the length in UTF-8. */
export function roomOfBytes(bytes: number): Room {
  return {
    characters: bytes,
    open() {
      let used = 0;
      return (char) => (used += Buffer.byteLength(char)) <= bytes;
    },
  };
}

/** A cut may give away this share of a message's room to fall between paragraphs, sentences or words. */
const ROOM_FOR_A_GOOD_CUT = 0.5;

/** Best first. */
const CUTS = ['paragraph', 'line', 'sentence', 'word'] as const;
type Cut = (typeof CUTS)[number];

const SENTENCE_ENDS = new Set('.!?…。！？；;');
/** What follows is drawn onto the character before it, even onto a space or a full stop. */
const CLINGS = /^[\p{M}\u200d]/u;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * A text as messages that each stay within the room. Cuts fall, best first, after a paragraph, a
 * line, a sentence, a word, a grapheme; only a grapheme larger than a whole message is cut inside,
 * and then between code points. Nothing but white space at a cut is left out.
 */
export function splitText(text: string, { characters, open }: Room): readonly string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const room = longestFit(rest, characters, open());
    const cut = room >= rest.length ? rest.length : goodCut(rest, room);
    pieces.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return pieces;
}

/** UTF-16 units from the start that fit, ending between graphemes where that is possible at all. */
function longestFit(text: string, most: number, fits: (char: string) => boolean): number {
  // A grapheme that begins within the window may end behind it; longer ones are cut inside anyway.
  const window = text.slice(0, most + 64).toWellFormed();
  let end = 0;
  for (const { segment } of graphemes.segment(window)) {
    let inside = end;
    for (const char of segment) {
      const isInside = inside + char.length <= most;
      if (!fits(char) || !isInside) return end > 0 ? end : Math.max(inside, char.length);
      inside += char.length;
    }
    end = inside;
  }
  return end;
}

/** The end of the last paragraph, line, sentence or word in the later part of what fits. */
function goodCut(text: string, room: number): number {
  const last = new Map<Cut, number>();
  const from = Math.max(1, Math.floor(room * (1 - ROOM_FOR_A_GOOD_CUT)));
  for (let at = from; at <= room; at += 1) {
    const cut = cutAt(text, at);
    if (cut !== null) last.set(cut, at);
  }
  const best = CUTS.find((cut) => last.has(cut));
  return (best === undefined ? undefined : last.get(best)) ?? room;
}

function cutAt(text: string, at: number): Cut | null {
  if (CLINGS.test(text.slice(at, at + 2))) return null;
  const before = text.charAt(at - 1);
  if (before === '\n') return text.charAt(at - 2) === '\n' ? 'paragraph' : 'line';
  if (SENTENCE_ENDS.has(before) && endsHere(text, at)) return 'sentence';
  return isSpace(text.charAt(at)) || isSpace(before) ? 'word' : null;
}

/** A Latin full stop ends a sentence only before white space ("3.5" does not); a Chinese one always. */
function endsHere(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) > 0x2e80 || at >= text.length || isSpace(text.charAt(at));
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r' || char === '\u3000';
}
