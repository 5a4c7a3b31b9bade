import type { Finding } from '../../sdk/treaty.js';
import { HUBBUB } from '../typed.js';

/** A finding of a check with the way out below it, in both languages, and the command that takes it. */
export function findingLines(
  id: string,
  { ok, text, next, fields = [] }: Finding,
): readonly string[] {
  return [
    `${ok ? 'ok  ' : 'FAIL'}  ${text.en} · ${text.zh}`,
    ...(next === undefined ? [] : [`      ${next.en} · ${next.zh}`]),
    ...(fields.length === 0 ? [] : [`      ${HUBBUB} connections change ${id} ${words(fields)}`]),
  ];
}

const words = (fields: readonly string[]): string => fields.map(wordOf).join(' ');

/** A secret is asked for, never typed where others see it. */
function wordOf(field: string): string {
  const key = field.slice(field.indexOf('.') + 1);
  return field.startsWith('credentials.') ? `--secret ${key}` : `--set ${key}=…`;
}
