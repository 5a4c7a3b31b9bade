import { contentOf } from './attachments.js';
import type { Calendar } from './mail.js';
import { decodeBytes } from './mime/charset.js';
import type { MimePart } from './mime/structure.js';

const MAX_BYTES = 256 * 1024;

/** The first event of an invitation (RFC 5545), or null. */
export function readCalendar(leaves: readonly MimePart[], bytes: Buffer): Calendar | null {
  const part = leaves.find(({ type }) => type.value === 'text/calendar');
  if (part === undefined) return null;
  const content = contentOf(part, bytes).subarray(0, MAX_BYTES);
  const lines = unfold(decodeBytes(content, part.type.parameters.get('charset') ?? 'utf-8').text);
  const start = lines.findIndex((line) => line.toUpperCase().startsWith('BEGIN:VEVENT'));
  const event = start < 0 ? lines : lines.slice(start);
  return {
    method: (part.type.parameters.get('method') ?? value(lines, 'METHOD'))
      .toUpperCase()
      .slice(0, 20),
    summary: value(event, 'SUMMARY'),
    start: value(event, 'DTSTART'),
    end: value(event, 'DTEND'),
    location: value(event, 'LOCATION'),
    organizer: value(event, 'ORGANIZER').replace(/^mailto:/i, ''),
  };
}

function unfold(text: string): readonly string[] {
  const lines: string[] = [];
  for (const line of text.replaceAll('\r', '').split('\n')) {
    const last = lines.length - 1;
    if (
      (line.startsWith(' ') || line.startsWith('\t')) &&
      last >= 0 &&
      (lines[last]?.length ?? 0) < 2_000
    ) {
      lines[last] = (lines[last] ?? '') + line.slice(1);
    } else lines.push(line);
  }
  return lines;
}

function value(lines: readonly string[], name: string): string {
  const line =
    lines.find((text) => text.startsWith(`${name}:`) || text.startsWith(`${name};`)) ?? '';
  return line
    .slice(line.indexOf(':') + 1)
    .replaceAll('\\n', ' ')
    .replaceAll('\\', '')
    .slice(0, 500);
}

/** An invitation without words still says what it invites to. */
export function calendarText(calendar: Calendar): string {
  const when = [calendar.start, calendar.end].filter((time) => time !== '').join(' – ');
  return [calendar.summary, when, calendar.location].filter((line) => line !== '').join('\n');
}
