/** One figure beside the raw limit of the same run: `ratio` is value ÷ limit. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
  readonly ratio: number;
}

export function row(name: string, value: number, unit: string, limit: number): Row {
  return {
    name,
    value: rounded(value),
    unit,
    limit: rounded(limit),
    ratio: rounded(limit === 0 ? 0 : value / limit),
  };
}

function rounded(value: number): number {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
  return Number(value.toFixed(digits));
}

/** What a row needs to be measured. `say` reports progress to a person. */
export interface Bench {
  /** An empty folder for this run; removed afterwards. */
  readonly folder: (name: string) => string;
  readonly say: (sentence: string) => void;
  /** Messages in a measured run. */
  readonly messages: number;
}

export type Measure = (bench: Bench) => Promise<readonly Row[]>;
