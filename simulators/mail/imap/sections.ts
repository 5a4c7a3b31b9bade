const EMPTY = Buffer.alloc(0);

/**
 * A section of a mail: all of it, `HEADER`, `TEXT`, `HEADER.FIELDS (…)` or `HEADER.FIELDS.NOT (…)`. Null for
 * numbered parts, which this server does not know.
 */
export function sectionOf(raw: Buffer, section: string): Buffer | null {
  const name = section.trim().toUpperCase();
  if (name === '') return raw;
  const end = raw.indexOf('\r\n\r\n');
  const header = end < 0 ? raw : raw.subarray(0, end + 4);
  if (name === 'HEADER') return header;
  if (name === 'TEXT') return end < 0 ? EMPTY : raw.subarray(end + 4);
  if (!name.startsWith('HEADER.FIELDS')) return null;
  const isInverse = name.startsWith('HEADER.FIELDS.NOT');
  const names = namesIn(name);
  const fields = fieldsOf(header).filter((field) => names.has(fieldName(field)) !== isInverse);
  return Buffer.from(`${fields.join('')}\r\n`, 'latin1');
}

/** The value of a header field, unfolded; empty if there is none. */
export function headerValue(raw: Buffer, name: string): string {
  const field = fieldsOf(sectionOf(raw, 'HEADER') ?? EMPTY).find(
    (candidate) => fieldName(candidate) === name.toUpperCase(),
  );
  return (field ?? '')
    .slice(name.length + 1)
    .replaceAll(/\r\n/g, '')
    .trim();
}

function namesIn(section: string): Set<string> {
  const open = section.indexOf('(');
  const list = section.slice(open + 1, section.lastIndexOf(')'));
  return new Set(list.replaceAll('"', '').split(' '));
}

/** Header fields with their line ends, folded lines kept together. */
function fieldsOf(header: Buffer): string[] {
  const fields: string[] = [];
  for (const line of header.toString('latin1').split('\r\n')) {
    if (line === '') continue;
    const previous = fields.length - 1;
    if (/^[ \t]/.test(line) && previous >= 0) fields[previous] = `${fields[previous]}${line}\r\n`;
    else fields.push(`${line}\r\n`);
  }
  return fields;
}

function fieldName(field: string): string {
  return field.slice(0, Math.max(0, field.indexOf(':'))).toUpperCase();
}
