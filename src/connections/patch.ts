import { z } from 'zod';

type Tree = Readonly<Record<string, unknown>>;

/** The part of a JSON Schema that says which fields have named fields below them. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
}

/**
 * A change laid over what is there: what is absent stays, `null` takes a field away. Sections of the
 * form (`imap`, say) are changed field by field; what an admin writes as a whole (a list, a template,
 * a table) is replaced as a whole.
 */
export function patched(schema: z.ZodObject, present: Tree, change: Tree): Tree {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  return layOver(shape, present, change);
}

function layOver({ properties = {} }: Shape, present: Tree, change: Tree): Tree {
  const laid = Object.entries(change).map(([name, value]) => {
    const shape = properties[name];
    const below = present[name];
    const section = shape?.properties !== undefined && isTree(below) && isTree(value);
    return [name, section ? layOver(shape, below, value) : value] as const;
  });
  const merged = Object.entries({ ...present, ...Object.fromEntries(laid) });
  return Object.fromEntries(merged.filter(([name, value]) => value !== null || !(name in change)));
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
