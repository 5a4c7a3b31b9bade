import { z } from 'zod';

export const PAGE = { usual: 50, most: 200 } as const;

/** Query of every list: how many, and where the last page ended. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE.most)
    .default(PAGE.usual)
    .meta({ description: `How many items, at most ${PAGE.most}.` }),
  cursor: z
    .string()
    .max(200)
    .transform((text, context): readonly number[] => {
      const numbers = readCursor(text);
      if (numbers !== null) return numbers;
      context.addIssue({ code: 'custom', message: 'take it from nextCursor of the page before' });
      return z.NEVER;
    })
    .optional()
    .meta({ description: '`nextCursor` of the page before; opaque.', type: 'string' }),
};

/** A page: `nextCursor` is null on the last one. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
  });
}

/** Opaque to callers: the numbers by which the list is ordered. */
export function writeCursor(numbers: readonly number[]): string {
  return Buffer.from(numbers.join('.')).toString('base64url');
}

function readCursor(text: string): readonly number[] | null {
  const words = Buffer.from(text, 'base64url').toString('latin1').split('.');
  const numbers = words.map((word) => (/^\d{1,15}$/.test(word) ? Number(word) : -1));
  return numbers.length <= 3 && numbers.every((number) => number >= 0) ? numbers : null;
}

/** Cuts a list that was asked for with one more than `limit`. */
export function cutPage<T>(
  rows: readonly T[],
  limit: number,
  place: (last: T) => readonly number[],
): { readonly rows: readonly T[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: page, nextCursor: more ? writeCursor(place(last)) : null };
}
