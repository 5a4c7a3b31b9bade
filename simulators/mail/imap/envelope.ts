import addressparser from 'nodemailer/lib/addressparser';
import { imapString } from './format.js';
import { headerValue } from './sections.js';

const NIL = Buffer.from('NIL');
const SPACE = Buffer.from(' ');

/** ENVELOPE of a mail (RFC 3501, 7.4.2). Encoded words stay as they are in the mail. */
export function envelopeOf(raw: Buffer): Buffer {
  const from = addresses(headerValue(raw, 'From'));
  const orFrom = (name: string): Buffer => {
    const value = headerValue(raw, name);
    return value === '' ? from : addresses(value);
  };
  const fields = [
    text(headerValue(raw, 'Date')),
    text(headerValue(raw, 'Subject')),
    from,
    orFrom('Sender'),
    orFrom('Reply-To'),
    addresses(headerValue(raw, 'To')),
    addresses(headerValue(raw, 'Cc')),
    addresses(headerValue(raw, 'Bcc')),
    text(headerValue(raw, 'In-Reply-To')),
    text(headerValue(raw, 'Message-ID')),
  ];
  return inBrackets(fields);
}

function text(value: string): Buffer {
  return value === '' ? NIL : imapString(value);
}

function addresses(value: string): Buffer {
  const people = addressparser(value, { flatten: true });
  if (people.length === 0) return NIL;
  const entries = people.map(({ name, address }) => {
    const at = address.lastIndexOf('@');
    const local = at < 0 ? address : address.slice(0, at);
    return inBrackets([text(name), NIL, text(local), text(at < 0 ? '' : address.slice(at + 1))]);
  });
  return Buffer.concat([Buffer.from('('), ...entries, Buffer.from(')')]);
}

function inBrackets(fields: readonly Buffer[]): Buffer {
  const spaced = fields.flatMap((field, index) => (index === 0 ? [field] : [SPACE, field]));
  return Buffer.concat([Buffer.from('('), ...spaced, Buffer.from(')')]);
}
