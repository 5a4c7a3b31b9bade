import type { Finding } from '../../sdk/treaty.js';

/** A finding of a check with the way out below it, in both languages. */
export function findingLines({ ok, text, next }: Finding): readonly string[] {
  const told = `${ok ? 'ok  ' : 'FAIL'}  ${text.en} · ${text.zh}`;
  return next === undefined ? [told] : [told, `      ${next.en} · ${next.zh}`];
}
