import type { BounceRecipient } from './mail.js';
import { plainAddress } from './mime/addresses.js';
import type { Fields } from './mime/fields.js';
import { every } from './mime/fields.js';

const MAX_LINES = 400;
const MAX_RECIPIENTS = 50;

/**
 * Recipients of a report that is written for people: the addresses above the returned mail, and the
 * first status code and sentence near each.
 */
export function recipientsInText(text: string, fields: Fields): readonly BounceRecipient[] {
  const lines = reportLines(text);
  const failed = every(fields, 'x-failed-recipients').join(',').split(',');
  const named = failed
    .map((address) => plainAddress(address))
    .filter((address) => address !== null);
  const found = named.length > 0 ? named : lines.flatMap(addressesIn);
  return [...new Set(found)].slice(0, MAX_RECIPIENTS).map((address) => {
    const at = Math.max(
      0,
      lines.findIndex((line) => line.includes(address)),
    );
    const near = lines.slice(at, at + 12);
    const diagnostic = near.find((line) => codeIn(line) !== '') ?? near[1] ?? '';
    return {
      address,
      action: 'failed',
      status: codeIn(diagnostic) || codeIn(text.slice(0, 8_000)),
      diagnostic: diagnostic.trim().slice(0, 500),
    };
  });
}

/** The report ends where the returned mail begins. */
function reportLines(text: string): readonly string[] {
  const lines = text.split('\n', MAX_LINES);
  const end = lines.findIndex(
    (line) => /^\s{0,8}(?:received|return-path|message-id):/i.test(line) || isReturnMarker(line),
  );
  return lines.slice(0, end < 0 ? lines.length : end);
}

function isReturnMarker(line: string): boolean {
  const words = line.toLowerCase().slice(0, 200);
  return (
    [
      'original message',
      'copy of the message',
      'message headers follow',
      'returned message',
      'original mail',
    ].some((marker) => words.includes(marker)) && line.trim().length < 120
  );
}

function addressesIn(line: string): readonly string[] {
  const words = line.slice(0, 1_000).split(/[\s<>()[\]"',;]+/);
  return words
    .map((word) => plainAddress(word.replace(/^(?:rfc822;|mailto:)/i, '').replace(/[.:]+$/, '')))
    .filter((address) => address !== null && address.includes('.'))
    .filter((address) => address !== null);
}

/** Enhanced status code (RFC 3463), else the reply code (RFC 5321), else an empty string. */
function codeIn(line: string): string {
  const text = line.slice(0, 8_000);
  const enhanced = /(?:^|[^\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d.])/.exec(text)?.[1];
  return enhanced ?? /(?:^|[\s:>])([45][0-5]\d)[\s-:]/.exec(text)?.[1] ?? '';
}
