import type { Shell } from '../shell.js';

/** What became of the items of a file so far. */
export interface Tally {
  new: number;
  known: number;
  refused: number;
}

export interface Summary extends Tally {
  /** The file with what was refused; null: nothing was. */
  readonly rejects: string | null;
  /** By the person, with the rest of the file not looked at. */
  readonly stopped: boolean;
}

export function summarise(shell: Shell, { stopped, ...summary }: Summary, json: boolean): void {
  if (json) {
    shell.out(JSON.stringify(stopped ? { ...summary, stopped } : summary));
    return;
  }
  const { new: taken, known, refused, rejects } = summary;
  const bad = rejects === null ? '' : `, ${refused} refused (kept in ${rejects})`;
  shell.out(
    taken + known + refused === 0 && !stopped
      ? 'nothing to import: the file is empty'
      : `${taken} imported, ${known} here already${bad}`,
  );
  if (!stopped) return;
  shell.out('stopped early: the same command goes on, and passes over what is here already');
}
