import { z } from 'zod';
import { nearestName } from './nearest.js';

/** A field that a shape does not know, by its path, and the nearest one that it knows. */
export interface UnknownField {
  readonly path: string;
  readonly nearest: string | null;
}

/** The first of them, however deep; a shape leaves them out in silence. `null`: there is none. */
export function unknownField(schema: z.ZodType, value: unknown, path = ''): UnknownField | null {
  const shape = bare(schema);
  if (shape instanceof z.ZodArray && Array.isArray(value)) {
    return firstOf(value.entries(), (i, one) =>
      unknownField(shape.element as z.ZodType, one, `${path}${i}.`),
    );
  }
  if (!(shape instanceof z.ZodObject) || typeof value !== 'object' || value === null) return null;
  const fields = shape.shape as Readonly<Record<string, z.ZodType>>;
  return firstOf(Object.entries(value), (name, below) => {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (known !== undefined) return unknownField(known, below, `${path}${name}.`);
    const nearest = nearestName(name, Object.keys(fields));
    return { path: path + name, nearest: nearest === null ? null : path + nearest };
  });
}

function bare(schema: z.ZodType): z.ZodType {
  return 'unwrap' in schema && !(schema instanceof z.ZodArray)
    ? bare((schema as z.ZodOptional).unwrap() as z.ZodType)
    : schema;
}

function firstOf<K>(
  entries: Iterable<readonly [K, unknown]>,
  look: (key: K, value: unknown) => UnknownField | null,
): UnknownField | null {
  for (const [key, value] of entries) {
    const found = look(key, value);
    if (found !== null) return found;
  }
  return null;
}
