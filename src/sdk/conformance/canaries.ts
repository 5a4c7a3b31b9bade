import type { z } from 'zod';
import type { Definition } from '../definition.js';
import { fieldMeta } from '../fields.js';
import type { Account } from '../inbound.js';

/** Shorter secrets would be found in any text by chance. */
export const SHORTEST_CANARY = 12;

/** Every field of a form, also those inside another one, by its path. */
export function fieldsOf(schema: z.ZodObject): readonly (readonly [path: string, z.ZodType])[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const inner = objectInside(field as z.ZodType);
    const nested = inner === null ? [] : fieldsOf(inner);
    return [
      [name, field as z.ZodType] as const,
      ...nested.map(([path, it]) => [`${name}.${path}`, it] as const),
    ];
  });
}

function objectInside(schema: z.ZodType): z.ZodObject | null {
  if ('shape' in schema) return schema as z.ZodObject;
  return 'unwrap' in schema && typeof schema.unwrap === 'function'
    ? objectInside((schema as z.ZodOptional).unwrap() as z.ZodType)
    : null;
}

function secretPaths(schema: z.ZodObject): readonly string[] {
  return fieldsOf(schema)
    .filter(([, field]) => fieldMeta(field)?.secret === true)
    .map(([path]) => path);
}

const at = (values: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], values);

/** What must never be seen outside: secret fields, and the keys of tokens. */
export function canariesOf(definition: Definition, account: Account): readonly string[] {
  const values = [
    ...secretPaths(definition.credentials).map((path) => at(account.credentials, path)),
    ...secretPaths(definition.settings).map((path) => at(account.settings, path)),
    ...account.macKeys.map(({ key }) => key),
  ];
  return values.filter((value) => typeof value === 'string').filter((value) => value !== '');
}

/** The spellings in which a secret can leave unnoticed. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Inside a longer base64 text the secret begins at one of three offsets; its middle then stands still.
  const inside = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, -4),
  );
  const encoded = [bytes.toString('hex'), encodeURIComponent(secret), JSON.stringify(secret)];
  return [secret, ...encoded.map((it) => it.replaceAll('"', '')), ...inside].filter(
    (spelling) => spelling.length >= 8,
  );
}

/** True when any canary can be read in the text, in any spelling. */
export function leaks(canaries: readonly string[], text: string): boolean {
  return canaries.some((canary) => spellings(canary).some((spelling) => text.includes(spelling)));
}

/** The account with every secret of its credentials wrong; itself when it has none. */
export function wrongSecrets(definition: Definition, account: Account): Account {
  const names = Object.keys(definition.credentials.shape).filter((name) => {
    const field = definition.credentials.shape[name] as z.ZodType;
    return fieldMeta(field)?.secret === true && typeof account.credentials[name] === 'string';
  });
  if (names.length === 0) return account;
  const wrong = names.map((name) => [name, reversed(String(account.credentials[name]))] as const);
  return { ...account, credentials: { ...account.credentials, ...Object.fromEntries(wrong) } };
}

/** Of the same length and alphabet, so that it is refused by the platform and not by the form. */
function reversed(secret: string): string {
  const mark = secret.indexOf('_') + 1;
  const tail = [...secret.slice(mark)].reverse().join('');
  return tail === secret.slice(mark) ? `${secret.slice(0, -1)}x` : secret.slice(0, mark) + tail;
}
