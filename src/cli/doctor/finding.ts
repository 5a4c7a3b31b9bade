/** One thing that was looked at. `note`: fine as it is, but worth knowing. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'wrong';
  readonly what: string;
  readonly text: string;
  /** The way out. */
  readonly next?: string;
}

export const ok = (what: string, text: string): Finding => ({ level: 'ok', what, text });

export const note = (what: string, text: string, next: string): Finding => ({
  level: 'note',
  ...{ what, text, next },
});

export const wrong = (what: string, text: string, next: string): Finding => ({
  level: 'wrong',
  ...{ what, text, next },
});

/** Runs a check that may fail in ways nobody foresaw: that is a finding too. */
export async function checked(
  what: string,
  next: string,
  check: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    const { message, mistakes } = error as Error & { readonly mistakes?: readonly string[] };
    const [sentence = ''] = message.split('\n', 1);
    return (mistakes ?? [sentence]).map((text) => wrong(what, text, next));
  }
}
