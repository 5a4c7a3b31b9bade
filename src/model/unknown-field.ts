import { z } from 'zod';
import { nearestName } from './nearest.js';

/** A field that a shape does not know, and the nearest name that it knows there. */
export interface UnknownField {
  readonly path: readonly (string | number)[];
  readonly nearest: string | null;
}

/** The first of a document's unknown fields, however deep; a shape leaves them out in silence. */
export function unknownFields(
  schema: z.ZodType,
  value: unknown,
  most: number,
): readonly UnknownField[] {
  const found: UnknownField[] = [];
  look(schema, value, [], (one) => found.length < most && found.push(one) < most);
  return found;
}

/** `tell` is false once enough was found; so is the answer. */
type Tell = (one: UnknownField) => boolean;

function look(schema: z.ZodType, value: unknown, path: UnknownField['path'], tell: Tell): boolean {
  const shape = shapeFor(schema, value);
  if (shape instanceof z.ZodArray && Array.isArray(value)) {
    const element = shape.element as z.ZodType;
    return value.every((one, i) => look(element, one, [...path, i], tell));
  }
  if (!(shape instanceof z.ZodObject) || typeof value !== 'object' || value === null) return true;
  const fields = shape.shape as Readonly<Record<string, z.ZodType>>;
  return Object.entries(value).every(([name, below]) => {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const here = [...path, name];
    if (known !== undefined) return look(known, below, here, tell);
    return tell({ path: here, nearest: nearestName(name, Object.keys(fields)) });
  });
}

/** Without its wrappings; of alternatives the one for a list, or for an object, where there is but one. */
function shapeFor(schema: z.ZodType, value: unknown): z.ZodType | undefined {
  if (schema instanceof z.ZodUnion) {
    const kind = Array.isArray(value) ? z.ZodArray : z.ZodObject;
    const [meant, ...others] = (schema.options as readonly z.ZodType[])
      .map((option) => shapeFor(option, value))
      .filter((option) => option instanceof kind);
    return others.length === 0 ? meant : undefined;
  }
  if (!('unwrap' in schema) || schema instanceof z.ZodArray) return schema;
  return shapeFor((schema as z.ZodOptional).unwrap() as z.ZodType, value);
}
