/** A paragraph that was folded for the way (RFC 3676 `format=flowed`) as one line again. */
export function unfoldFlowed(text: string, deleteSpace: boolean): string {
  const out: string[] = [];
  let pieces: string[] = [];
  let depth = -1;
  for (const line of text.split('\n')) {
    const { marks, rest } = splitMarks(line);
    if (depth >= 0 && marks !== depth) {
      out.push(pieces.join(''));
      pieces = [];
    }
    if (pieces.length === 0 && marks > 0) pieces.push(`${'>'.repeat(marks)} `);
    const flows = rest.endsWith(' ') && rest !== '-- ';
    pieces.push(flows && deleteSpace ? rest.slice(0, -1) : rest);
    depth = flows ? marks : -1;
    if (flows) continue;
    out.push(pieces.join(''));
    pieces = [];
  }
  if (pieces.length > 0) out.push(pieces.join(''));
  return out.join('\n');
}

function splitMarks(line: string): { marks: number; rest: string } {
  let marks = 0;
  while (line.charAt(marks) === '>') marks += 1;
  const rest = line.slice(marks);
  return { marks, rest: rest.startsWith(' ') ? rest.slice(1) : rest };
}
