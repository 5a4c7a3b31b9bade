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
