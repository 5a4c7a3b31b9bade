import { z } from 'zod';
import type { Definition } from './definition.js';
import type { FieldMeta } from './fields.js';

/** A longer default is not repeated in a table. */
const SHORT = 40;

/** The parts of a JSON Schema that a table of fields shows. */
type Shape = Partial<FieldMeta> & {
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
};

interface Row {
  readonly path: string;
  readonly shape: Shape;
  /** Without it the form is refused; `section`: only where its section is there. */
  readonly needed: 'always' | 'section' | 'never';
}

/**
 * Every setting and credential of a connector as rows of Markdown: what to type, whether it is needed,
 * what it is and where its value is found. Connectors' pages hold it; `npm run docs` writes it there.
 */
export function fieldTable({ settings, credentials }: Definition): string {
  const rows = [
    ...rowsOf(settings).map((row) => lineOf('--set', row)),
    ...rowsOf(credentials).map((row) => lineOf('--secret', row)),
  ];
  return [
    '| field | needed | what it is, and where its value is found | 中文 |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function rowsOf(schema: z.ZodObject): readonly Row[] {
  return below(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape, '');
}

function below({ properties = {}, required = [] }: Shape, section: string): readonly Row[] {
  return Object.entries(properties).flatMap(([name, shape]) => {
    const path = section + name;
    const isNeeded = required.includes(name);
    const needed = isNeeded ? (section === '' ? 'always' : 'section') : 'never';
    return [{ path, shape, needed } as const, ...below(shape, `${path}.`)];
  });
}

function lineOf(option: string, { path, shape, needed }: Row): string {
  const isSection = shape.properties !== undefined;
  const typed = isSection ? `\`${path}\`` : `\`${option} ${path}\``;
  const choices = shape.enum === undefined ? '' : ` (${shape.enum.map(String).join(', ')})`;
  const { en = '' } = shape.help ?? {};
  const { zh = '' } = shape.label ?? {};
  return `| ${[typed, neededWord(shape, needed), en + choices, zh].map(cell).join(' | ')} |`;
}

function neededWord({ default: usual, properties }: Shape, needed: Row['needed']): string {
  if (needed === 'always') return '**yes**';
  if (needed === 'section') return 'with its section';
  if (properties !== undefined) return 'no, a section';
  if (usual === undefined || usual === '') return 'no';
  const text = JSON.stringify(usual);
  return text.length > SHORT ? 'no, has a default' : `no, \`${text}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
