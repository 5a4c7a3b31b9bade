import { z } from 'zod';

/** One sentence or label in both languages the product speaks. */
export const Localised = z.object({ en: z.string(), zh: z.string() });
export type Localised = z.infer<typeof Localised>;
export type Language = keyof Localised;
