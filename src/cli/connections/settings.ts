import { z } from 'zod';
import { usage } from '../shell.js';
import { unknownName } from '../unknown-name.js';

export type Fields = Readonly<Record<string, unknown>>;

/** The parts of a JSON Schema that say how a typed word is meant. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
}

/** `--set mailbox.port=993`: words become what the connector's schema says they are. */
export function readSettings(pairs: readonly string[], schema: z.ZodObject): Fields {
  const shape = shapeOf(schema);
  return pairs.reduce<Fields>((fields, pair) => {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw usage(`--set ${pair}: key=value was expected`);
    const path = pair.slice(0, equals).split('.');
    const field = fieldAt(shape, path);
    return layOver(fields, nest(path, valueOf(pair.slice(equals + 1), field, pair)));
  }, {});
}

export function shapeOf(schema: z.ZodObject): Shape {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
}

/** The field at a dotted path; a wrong step is named with the nearest right one. */
export function fieldAt(shape: Shape, path: readonly string[]): Shape {
  return path.reduce<Shape>((at, step, i) => {
    const properties = propertiesOf(at);
    const next = properties[step];
    if (next !== undefined) return next;
    const prefix = path.slice(0, i).map((one) => `${one}.`);
    const known = Object.keys(properties).map((name) => prefix.join('') + name);
    throw usage(unknownName('field', path.slice(0, i + 1).join('.'), known));
  }, shape);
}

function propertiesOf({ properties, anyOf = [] }: Shape): Readonly<Record<string, Shape>> {
  return properties ?? anyOf.find((one) => one.properties !== undefined)?.properties ?? {};
}

function valueOf(text: string, field: Shape, pair: string): unknown {
  const types = [field, ...(field.anyOf ?? [])].flatMap(({ type }) => type ?? []);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.includes('number') || types.includes('integer')) return numberOf(text);
  if (types.includes('array') && !text.startsWith('[')) return text.split(',');
  if (types.includes('array') || types.includes('object')) return parsed(text, pair);
  return text;
}

/** What is no number stays as it is, for the schema to name. */
function numberOf(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

function parsed(text: string, pair: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw usage(`--set ${pair}: this field takes JSON, or set the fields below it one by one`);
  }
}

export function nest(path: readonly string[], value: unknown): Fields {
  return path.reduceRight<unknown>((below, step) => ({ [step]: below }), value) as Fields;
}

/** The second tree over the first. */
export function layOver(base: Fields, over: Fields): Fields {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const under = merged[name];
    merged[name] = isTree(under) && isTree(value) ? layOver(under, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
