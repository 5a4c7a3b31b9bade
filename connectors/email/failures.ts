import { failed, HOUR, MINUTE, uncertain } from '../../src/sdk/index.js';
import type { Failure, Outcome } from '../../src/sdk/index.js';

/** How far the dialogue with the mail server had come. `message` begins with the answer to the final dot. */
export type Stage = 'connect' | 'login' | 'sender' | 'recipient' | 'message';

/** A refusal in the server's own words: RFC 5321 documents every 4xx and 5xx as "not processed". */
export interface Refusal {
  readonly stage: Stage;
  readonly code: number;
  /** RFC 3463, as `5.1.1`; null where the server gives none. */
  readonly enhanced: string | null;
  readonly text: string;
}

/** A dialogue that ended without the server's word. */
export interface Break {
  readonly stage: Stage;
  /** Node's or OpenSSL's code where there is one (ECONNREFUSED, CERT_HAS_EXPIRED), else the client's. */
  readonly code: string;
  readonly why: string;
  /** True from the moment the last bytes of the mail, and with them the final dot, left our hands. */
  readonly dotSent: boolean;
}

type Make = (why: string, now: number) => Failure;

interface Row {
  readonly stages?: readonly Stage[];
  /** Beginnings of the reply code: `4` is every 4xx. */
  readonly codes?: readonly string[];
  /** Beginnings of the enhanced code. */
  readonly enhanced?: readonly string[];
  /** Lower-case words the text holds, for refusals that share one code. */
  readonly says?: string;
  readonly make: Make;
}

const transient: Make = (why) => ({ kind: 'transient', why });
const unauthorised: Make = (why) => ({ kind: 'unauthorised', why });
const recipientGone: Make = (why) => ({ kind: 'refused', cause: 'recipientGone', why });
const content: Make = (why) => ({ kind: 'refused', cause: 'content', why });
const misconfigured =
  (setting: string): Make =>
  (why) => ({ kind: 'misconfigured', setting, why });
const rateLimited =
  (pause: number): Make =>
  (why, now) => ({ kind: 'rateLimited', retryAt: now + pause, why });

/**
 * SMTP reply → failure; the first row that fits decides. RFC 5321 (reply codes), RFC 3463
 * (enhanced codes), RFC 4954 (login). 5.2.2 "mailbox full" is transient by RFC 3463 section 3.3,
 * which calls it a persistent transient failure: the person is still there.
 */
const REPLIES: readonly Row[] = [
  { says: 'starttls', codes: ['5'], make: misconfigured('smtp.tls') },
  // Google's sending quotas: 421 4.7.28 for minutes, 550 5.4.5 for the day.
  { enhanced: ['4.7.28'], make: rateLimited(15 * MINUTE) },
  { enhanced: ['5.4.5'], make: rateLimited(HOUR) },
  { codes: ['4', '503'], make: transient },
  { stages: ['login'], make: unauthorised },
  { codes: ['530', '534', '535'], make: unauthorised },
  { stages: ['connect'], make: misconfigured('smtp.host') },
  { enhanced: ['5.2.2'], make: transient },
  { enhanced: ['5.2.3', '5.3.4'], make: content },
  { codes: ['552'], stages: ['recipient'], make: transient },
  { codes: ['552'], make: content },
  { stages: ['sender'], make: misconfigured('address') },
  { stages: ['recipient'], says: 'relay', make: misconfigured('smtp.auth') },
  { enhanced: ['5.1.', '5.2.1'], make: recipientGone },
  { codes: ['554'], make: content },
  { enhanced: ['5.6.', '5.7.'], make: content },
  { codes: ['550', '551', '553'], stages: ['recipient'], make: recipientGone },
  { codes: ['5'], make: content },
];

/** Codes of Node and OpenSSL that no retry mends: the certificate or the kind of TLS is wrong. */
const TLS_CODES: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** True where the other side's certificate, or the kind of encryption, is what is wrong. */
export function isTlsTrouble(code: string): boolean {
  return TLS_CODES.has(code);
}

/** What a refusal of the server means; `now` dates the end of a pause. */
export function refusalFailure(refusal: Refusal, now: number): Failure {
  const why = sentence(refusal);
  const row = REPLIES.find((candidate) => fits(candidate, refusal));
  return row === undefined ? transient(why, now) : row.make(why, now);
}

/**
 * What a dialogue without an answer means: before the final dot nothing was processed; after it
 * the server may have taken the mail (RFC 1047), so the send is uncertain and never repeated blindly.
 */
export function breakOutcome(broken: Break): Outcome {
  if (broken.dotSent) return uncertain(`the mail was handed over, but: ${broken.why}`);
  if (isTlsTrouble(broken.code)) {
    return failed({ kind: 'misconfigured', setting: 'smtp.tls', why: broken.why });
  }
  return failed({ kind: 'transient', why: broken.why });
}

function fits(row: Row, refusal: Refusal): boolean {
  const code = String(refusal.code);
  const enhanced = refusal.enhanced ?? '';
  return (
    (row.stages?.includes(refusal.stage) ?? true) &&
    (row.codes?.some((start) => code.startsWith(start)) ?? true) &&
    (row.enhanced?.some((start) => matches(enhanced, start)) ?? true) &&
    (row.says === undefined || refusal.text.toLowerCase().includes(row.says))
  );
}

/** `5.1.` is a family, `5.2.1` one code: 5.2.10 is another. */
function matches(enhanced: string, start: string): boolean {
  return start.endsWith('.') ? enhanced.startsWith(start) : enhanced === start;
}

const MAX_WORDS = 200;

/** The server's words for the agent; at login only the numbers, since a server may echo what it was sent. */
function sentence({ stage, code, enhanced, text }: Refusal): string {
  const numbers = enhanced === null ? String(code) : `${code} ${enhanced}`;
  if (stage === 'login') return `the mail server refused the login (${numbers})`;
  const words = text
    .slice(0, MAX_WORDS)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return `the mail server answered ${numbers}${words === '' ? '' : `: ${words}`}`;
}

/**
 * Reads a raw SMTP reply, possibly of several lines. Null when it is not a refusal: a reply
 * below 400 where an answer was due says nothing about the mail.
 */
export function readRefusal(stage: Stage, reply: string): Refusal | null {
  const first = /^([45]\d\d)[ -]?(?:(\d\.\d{1,3}\.\d{1,3})(?= |$|\r|\n))?/.exec(reply);
  if (first === null) return null;
  const lines = reply.slice(0, 2_000).split(/\r?\n/);
  const prefix = /^\d{3}[ -]?(?:\d\.\d{1,3}\.\d{1,3} ?)?/;
  return {
    stage,
    code: Number(first[1]),
    enhanced: first[2] ?? null,
    text: lines
      .map((line) => line.replace(prefix, '').trim())
      .filter((line) => line !== '')
      .join(' '),
  };
}
