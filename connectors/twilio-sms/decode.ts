import { cleanText } from '../../src/sdk/index.js';
import type { Decoded, Envelope } from '../../src/sdk/index.js';
import { failureOf } from './failures.js';
import { firstValues, readForm } from './form.js';
import { keywordOf } from './keywords.js';
import { settles, statusOf } from './status.js';

/** Twilio sends ten media files a message at most. */
const MAX_MEDIA = 20;

/** E.164, with the prefix of a Twilio channel such as `whatsapp:` before it. */
const PHONE = /^(?:[a-z]{1,20}:)?(\+\d{4,15})$/;

type Values = Readonly<Record<string, string>>;

/**
 * One delivery, incoming message or status callback, as one raw fact for the mapping:
 * `{ what, sid, our, customer, identity, text, optOut, media, receipt, part, params }`, where
 * `params` are Twilio's own parameters. A delivery that is neither is kept as `other`.
 */
export function decode(envelope: Envelope): Decoded {
  const bytes = envelope.body.length > 0 ? envelope.body : Buffer.from(envelope.query);
  const pairs = readForm(bytes);
  if (pairs === null) return { kind: 'unreadable', why: 'the form has too many parameters' };
  if (pairs.length === 0) return { kind: 'unreadable', why: 'the delivery has no parameters' };
  const { values, replaced } = cleanValues(firstValues(pairs));
  const remarks = replaced ? ['characters no text may hold were replaced by U+FFFD'] : [];
  return { kind: 'raws', raws: [{ body: read(values, envelope) }], remarks };
}

function read(values: Values, envelope: Envelope): unknown {
  const status = statusOf(values);
  const sid = values['MessageSid'] ?? values['SmsSid'] ?? null;
  // A message nobody can name, or from nobody, is kept under the delivery's own key.
  if (sid === null || values['From'] === undefined) return other(values, envelope);
  return status === null ? incoming(values, sid) : callback(values, { sid, status, envelope });
}

function incoming(values: Values, sid: string): unknown {
  const text = values['Body'] ?? '';
  const media = mediaOf(values);
  const keyword = keywordOf(text, values['OptOutType']);
  const isKeyword = keyword?.bare === true && media.length === 0;
  return {
    what: isKeyword ? keyword.optOut : 'message',
    sid,
    id: sid,
    our: ourAddress(values['To'], values),
    ...customer(values['From'] ?? ''),
    name: values['ProfileName'] ?? null,
    text,
    optOut: keyword?.optOut ?? null,
    media,
    params: values,
  };
}

interface Callback {
  readonly sid: string;
  readonly status: string;
  readonly envelope: Envelope;
}

/** In a callback the hub is `From` and the customer is `To`. */
function callback(values: Values, { sid, status, envelope }: Callback): unknown {
  const settled = settles(status);
  return {
    what: settled === null ? 'progress' : 'receipt',
    sid,
    id: `${sid}#${status}`,
    our: ourAddress(values['From'], values),
    ...customer(values['To'] ?? values['From'] ?? ''),
    status,
    receipt: settled,
    ...reasonOf(values, settled === 'failed' ? status : null),
    part: new URLSearchParams(envelope.query).get('part'),
    params: values,
  };
}

/** Why it failed, in the words of the outcome table, so that a number that is gone can be marked. */
function reasonOf(values: Values, failedAs: string | null): object {
  const code = values['ErrorCode'] ?? failedAs;
  const failure = failedAs === null ? null : failureOf(Number(code));
  return {
    code,
    failure: failure?.kind ?? null,
    cause: failure?.kind === 'refused' ? failure.cause : null,
    why: failure?.why ?? null,
  };
}

function other(values: Values, envelope: Envelope): unknown {
  return {
    what: 'other',
    id: envelope.key,
    our: ourAddress(values['To'], values),
    ...customer(values['From'] ?? 'unknown'),
    params: values,
  };
}

/** The number the customer wrote to; a Messaging Service's id where the delivery names only that. */
function ourAddress(number: string | undefined, values: Values): string {
  return number ?? values['MessagingServiceSid'] ?? values['AccountSid'] ?? 'unknown';
}

/** A short code or an alphanumeric sender can be anybody: it proves nothing. */
function customer(address: string): { customer: string; identity: unknown } {
  const phone = PHONE.exec(address)?.[1];
  const identity =
    phone === undefined
      ? { kind: 'uid', value: address, proof: 'weak' }
      : { kind: 'phone', value: phone, proof: 'proven' };
  return { customer: address, identity };
}

function mediaOf(values: Values): readonly { url: string; type: string | null }[] {
  const media = [];
  for (let i = 0; i < MAX_MEDIA; i += 1) {
    const url = values[`MediaUrl${i}`];
    if (url !== undefined && url !== '') {
      media.push({ url, type: values[`MediaContentType${i}`] ?? null });
    }
  }
  return media;
}

function cleanValues(values: Values): { values: Values; replaced: boolean } {
  let replaced = false;
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const text = cleanText(value);
    replaced ||= text.replaced;
    clean[cleanText(name).text] = text.text;
  }
  return { values: clean, replaced };
}
