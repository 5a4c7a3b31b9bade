/**
 * One application of a mapping to one document. Every step of a selector costs from `left`; when
 * it is used up, selectors answer null and the application as a whole fails. So a mapping that
 * multiplies lists with lists, or doubles a string forty times, ends early instead of never.
 */
export interface Run {
  /** What `$` means. */
  readonly document: unknown;
  left: number;
  readonly remarks: string[];
  /** Fields that were longer than a draft may hold. */
  readonly cut: string[];
}

/** Steps one document may cost; a large real one needs some thousands. */
export const WORK_LIMIT = 500_000;

export function newRun(document: unknown): Run {
  return { document, left: WORK_LIMIT, remarks: [], cut: [] };
}

/** Takes `steps` from what is left; false when that was too much. */
export function spend(run: Run, steps: number): boolean {
  run.left -= steps;
  return run.left >= 0;
}

/** JSON text of any value within what is left; null when it is too much, or nested too deep to write. */
export function boundedJson(value: unknown, run: Run): string | null {
  try {
    const text = JSON.stringify(value, (_key, item: unknown) => {
      const cost = typeof item === 'string' ? 1 + (item.length >>> 4) : 1;
      return spend(run, cost) ? item : null;
    }) as string | undefined;
    return run.left >= 0 ? (text ?? null) : null;
  } catch {
    return null;
  }
}
