import { z } from 'zod';
import type { Localised } from '../model/localised.js';

/** What the admin form, the docs and the redaction list read from a field. */
export interface FieldMeta {
  readonly label: Localised;
  readonly help: Localised;
  readonly secret?: boolean;
  /** Its value is a URL that the hub itself requests. */
  readonly called?: boolean;
}

/** A field of a connector's settings or credentials, with the words the form shows. */
export function field<T extends z.ZodType>(schema: T, label: Localised, help: Localised): T {
  const meta: FieldMeta & Record<string, unknown> = {
    label,
    help,
    title: label.en,
    description: help.en,
  };
  return schema.meta(meta);
}

/**
 * A field whose value is a URL that the hub itself requests: a form that names an address inside the
 * installation's own network is refused until `network.allowPrivate` opens it.
 */
export function calledUrl<T extends z.ZodType>(schema: T, label: Localised, help: Localised): T {
  const named = field(schema, label, help);
  return named.meta({ ...named.meta(), called: true });
}

/** A field whose value is stored encrypted, never returned, and redacted everywhere. */
export function secret(label: Localised, help: Localised): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ label, help, title: label.en, description: help.en, secret: true, writeOnly: true });
}

/** Reads what {@link field} and {@link secret} wrote. */
export function fieldMeta(schema: z.ZodType): FieldMeta | null {
  const meta = schema.meta() as Partial<FieldMeta> | undefined;
  if (meta?.label === undefined || meta.help === undefined) {
    return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
      ? fieldMeta(schema.unwrap() as z.ZodType)
      : null;
  }
  return {
    label: meta.label,
    help: meta.help,
    secret: meta.secret === true,
    called: meta.called === true,
  };
}
