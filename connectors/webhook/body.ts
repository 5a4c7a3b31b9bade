import { readJson } from '../../src/sdk/index.js';
import type { JsonRead } from '../../src/sdk/index.js';

const MOST_FIELDS = 1_000;

/** The body in the format the connection says, whatever its content type says. Never throws. */
export function readBody(body: Buffer, format: 'json' | 'form'): JsonRead {
  return format === 'json' ? readJson(body) : readForm(body);
}

/** The first value of each name; a form has texts only. */
function readForm(body: Buffer): JsonRead {
  const text = body.toString('utf8');
  if (text.trim() === '') return { ok: false, why: 'the body is empty, a form was expected' };
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.size >= MOST_FIELDS) {
      return { ok: false, why: `the form has more than ${MOST_FIELDS} fields` };
    }
    if (!fields.has(name)) fields.set(name, value);
  }
  // Through the JSON reader, which cleans text and drops `__proto__`.
  return readJson(Buffer.from(JSON.stringify(Object.fromEntries(fields))));
}
