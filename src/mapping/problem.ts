/** One thing wrong with a mapping file, found before anything runs. */
export interface MappingProblem {
  readonly file: string;
  /** From 1; 0 where the whole file (or folder) is meant. */
  readonly line: number;
  /** Path of the field inside the file, `fields.sender.handle`; empty for the whole file. */
  readonly field: string;
  /** A sentence with the value and the way out. */
  readonly text: string;
  /** The nearest known name, where a name is unknown. */
  readonly nearest: string | null;
}

/** One sentence: file, line and field where there are any, what is wrong, and what was meant. */
export function sentenceOf({ file, line, field, text, nearest }: MappingProblem): string {
  const place = `${file}${line > 0 ? `:${line}` : ''}: ${field === '' ? '' : `${field}: `}`;
  const meant = nearest === null || text.includes(nearest) ? '' : ` (did you mean ${nearest}?)`;
  return `${place}${text}${meant}`;
}
