import { createHash } from 'node:crypto';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { Arrival, Emit } from '../../src/sdk/index.js';
import { LISTENER_LIMITS, refusal } from './listener-limits.js';

export interface Intake {
  readonly emit: Emit;
  /** Bytes one mail may have. */
  readonly limit: number;
  /** Bytes in memory of all mails under way. */
  readonly held: { bytes: number };
  /** Ends a connection that goes on and on. */
  readonly cut: (session: SMTPServerSession, code: number, why: string) => void;
}

/** Reads one mail to its end and commits it; resolves with the refusal, or null when it is taken. */
export async function takeMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  intake: Intake,
): Promise<Error | null> {
  const { mailFrom, rcptTo } = session.envelope;
  const envelope = {
    mailFrom: mailFrom === false ? '' : mailFrom.address,
    rcptTo: rcptTo.map(({ address }) => address),
    remote: session.remoteAddress,
  };
  const body = await readMail(stream, intake, (code, why) => intake.cut(session, code, why));
  try {
    // 552 is what the server itself answers over its limit (`rejectOversized`).
    if (body.kind === 'tooLarge') return refusal(552, 'the mail is too large');
    if (body.kind === 'full') return refusal(452, 'too much mail at once, try again later');
    await intake.emit([arrivalOf(Buffer.concat(body.chunks), envelope)]);
    return null;
  } finally {
    intake.held.bytes -= body.held;
  }
}

interface MailEnvelope {
  readonly mailFrom: string;
  readonly rcptTo: readonly string[];
  readonly remote: string;
}

function arrivalOf(body: Buffer, { mailFrom, rcptTo, remote }: MailEnvelope): Arrival {
  const hash = createHash('sha256').update(body);
  for (const address of [...rcptTo].sort()) hash.update(`\0${address.toLowerCase()}`);
  return {
    key: hash.digest('hex'),
    body,
    type: 'message/rfc822',
    notes: { role: 'inbox', mailFrom, rcptTo: rcptTo.join(' '), remote },
    query: '',
  };
}

type ReadMail =
  | { readonly kind: 'whole'; readonly chunks: readonly Buffer[]; readonly held: number }
  | { readonly kind: 'tooLarge'; readonly held: number }
  | { readonly kind: 'full'; readonly held: number };

type Cut = (code: number, why: string) => void;

/** Collects a mail within its own limit and the limit of all together; what is beyond is dropped. */
function readMail(
  stream: SMTPServerDataStream,
  { limit, held }: Intake,
  cut: Cut,
): Promise<ReadMail> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let own = 0;
    let dropped: 'tooLarge' | 'full' | null = null;
    const release = (): void => {
      chunks = [];
      held.bytes -= own;
      own = 0;
    };
    const deadline = setTimeout(
      () => cut(421, 'the mail takes too long'),
      LISTENER_LIMITS.mailTime,
    );
    stream.on('data', (chunk: Buffer) => {
      if (stream.byteLength > limit) dropped = 'tooLarge';
      else if (held.bytes + chunk.length > LISTENER_LIMITS.underWay) dropped ??= 'full';
      if (dropped === null) {
        chunks.push(chunk);
        own += chunk.length;
        held.bytes += chunk.length;
        return;
      }
      release();
      const endless = limit + LISTENER_LIMITS.patienceBytes;
      if (stream.byteLength > endless) cut(552, 'the mail is too large');
    });
    stream.once('error', () => undefined);
    stream.once('close', () => {
      clearTimeout(deadline);
      if (stream.readableEnded) return;
      release();
      reject(new Error('the client went away in the middle of the mail'));
    });
    stream.once('end', () => {
      resolve(
        dropped === null ? { kind: 'whole', chunks, held: own } : { kind: dropped, held: own },
      );
    });
  });
}
