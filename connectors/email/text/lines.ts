/** One line of a mail's body, from plain text or from HTML. */
export interface Line {
  /** Without quote marks and without trailing blanks. */
  readonly text: string;
  /** As it is shown: with its quote marks. */
  readonly shown: string;
  /** Levels of quotation: the number of `>` or of quote containers around it. */
  readonly depth: number;
  /** What the HTML says about it: the quoted history begins here, or it belongs to a signature. */
  readonly mark: '' | 'cut' | 'signature';
}

/** Plain text as lines. `>` marks count as quotation, also spaced ones (`> >`). */
export function plainLines(text: string): readonly Line[] {
  return text.split('\n').map(plainLine);
}

function plainLine(line: string): Line {
  let at = 0;
  let depth = 0;
  let behind = 0;
  while (at < line.length) {
    const c = line.charAt(at);
    if (c === '>') {
      depth += 1;
      behind = at + 1;
    } else if (c !== ' ' || at - behind > 1) break;
    at += 1;
  }
  const shown = line.trimEnd();
  if (depth === 0) return { text: shown, shown, depth, mark: '' };
  const rest = line.slice(behind);
  const text = (rest.startsWith(' ') ? rest.slice(1) : rest).trimEnd();
  return { text, shown, depth, mark: '' };
}

/** A line of HTML, quoted as plain text shows it. */
export function quotedLine(text: string, depth: number, mark: Line['mark']): Line {
  const shown = depth === 0 ? text : `${'>'.repeat(Math.min(depth, 5))} ${text}`.trimEnd();
  return { text, shown, depth, mark };
}

export const EMPTY_LINE: Line = { text: '', shown: '', depth: 0, mark: '' };

/** The lines as text again. */
export function linesToText(lines: readonly Line[]): string {
  return lines.map(({ shown }) => shown).join('\n');
}

export function isBlank(line: Line | undefined): boolean {
  return line === undefined || line.text.trim() === '';
}

/** A line of nothing but rule characters, at least `least` of them. */
export function isRule(text: string, least: number): boolean {
  const bare = text.trim();
  if (bare.length < least) return false;
  for (let i = 0; i < bare.length; i += 1) if (!'-_=*—─━–'.includes(bare.charAt(i))) return false;
  return true;
}
