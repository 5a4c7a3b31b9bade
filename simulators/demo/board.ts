/** One line of the table. */
export interface Row {
  readonly customer: string;
  readonly channel: string;
  readonly said: string;
  readonly ticket: string;
  readonly answer: string;
}

/** Where the story is shown. */
export interface Board {
  show(rows: readonly Row[]): void;
}

const TITLES: Row = {
  customer: 'customer 客户',
  channel: 'channel 渠道',
  said: 'complaint 投诉',
  ticket: 'ticket 工单',
  answer: 'answer 回复',
};
/** Cells of each column; what was said takes what is left. */
const WIDTHS = { customer: 13, channel: 12, said: 0, ticket: 14, answer: 22 } as const;
const NARROWEST = 80;
const GAPS = 9;
const COLUMNS: readonly (keyof Row)[] = ['customer', 'channel', 'said', 'ticket', 'answer'];

/** On a terminal of so many columns a table that is drawn over itself; elsewhere a line for each change. */
export function openBoard(write: (text: string) => void, columns: number | null): Board {
  return columns !== null && columns >= NARROWEST ? liveBoard(write, columns) : lineBoard(write);
}

function liveBoard(write: (text: string) => void, columns: number): Board {
  const taken = Object.values(WIDTHS).reduce((sum, cells) => sum + cells, GAPS);
  const widths = { ...WIDTHS, said: columns - taken };
  const lineOf = (row: Row): string =>
    COLUMNS.map((column) => fit(row[column], widths[column]))
      .join('  ')
      .trimEnd();
  let drawn = 0;
  return {
    show(rows) {
      const lines = [lineOf(TITLES), '─'.repeat(columns - 1), ...rows.map(lineOf)];
      const up = drawn === 0 ? '' : `\u001b[${drawn}A`;
      write(up + lines.map((line) => `\u001b[K${line}\n`).join(''));
      drawn = lines.length;
    },
  };
}

function lineBoard(write: (text: string) => void): Board {
  const began = Date.now();
  const shown = new Map<number, string>();
  return {
    show(rows) {
      for (const [i, row] of rows.entries()) {
        // Nothing was said yet, or a column is still empty.
        if (row.said === '') continue;
        const text = COLUMNS.map((column) => row[column])
          .filter((part) => part !== '')
          .join(' · ');
        if (shown.get(i) === text) continue;
        shown.set(i, text);
        write(`${((Date.now() - began) / 1_000).toFixed(1).padStart(5)} s  ${text}\n`);
      }
    },
  };
}

/** Cut or filled to so many cells; Chinese characters take two. */
function fit(text: string, cells: number): string {
  let taken = 0;
  let kept = '';
  for (const character of text) {
    const size = (character.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1;
    if (taken + size > cells) break;
    kept += character;
    taken += size;
  }
  return kept + ' '.repeat(cells - taken);
}
