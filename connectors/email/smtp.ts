import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionAuth, SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { readRefusal } from './failures.js';
import type { Break, Refusal, Stage } from './failures.js';
import type { Dial, Secret } from './dial.js';

/** Milliseconds. `answer` also bounds the wait after the final dot. */
export const SMTP_PATIENCE = { connect: 20_000, greeting: 20_000, answer: 60_000 } as const;

export interface SmtpEnvelope {
  readonly from: string;
  readonly to: readonly string[];
}

export type SmtpTrouble =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'broken'; readonly broken: Break };

export type SmtpResult =
  | {
      readonly kind: 'taken';
      /** Recipients the server would not take while it took the mail for others. */
      readonly refused: ReadonlyMap<string, Refusal>;
    }
  | SmtpTrouble;

/** One logged-in dialogue with the mail server; carries one mail at a time. */
export interface SmtpSession {
  readonly usable: () => boolean;
  deliver(envelope: SmtpEnvelope, mail: Buffer): Promise<SmtpResult>;
  /** Ends it now, whatever it is doing. */
  close(): void;
}

/** What nodemailer hangs on its errors. */
interface ClientError extends Error {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly command?: string | undefined;
  readonly response?: string | undefined;
  readonly recipient?: string | undefined;
}

/**
 * Connects, greets, upgrades and logs in. Never rejects; `secret` null sends without a login.
 * `stop` ends the attempt at once; an open session is ended by its own `close`.
 */
export async function openSmtp(
  dial: Dial,
  secret: Secret | null,
  stop: AbortSignal,
): Promise<SmtpSession | SmtpTrouble> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const connection = new Connection(options(dial));
  let end: (error: ClientError) => void = () => undefined;
  const ended = new Promise<ClientError>((resolve) => (end = resolve));
  const onStop = (): void => end(Object.assign(new Error('stopped'), { code: 'closed' }));
  connection.on('error', end);
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  const found = await greet({ connection, dial, secret, ended });
  stop.removeEventListener('abort', onStop);
  if (found === null) return session(connection);
  connection.close();
  return found;
}

interface Opening {
  readonly connection: SMTPConnection;
  readonly dial: Dial;
  readonly secret: Secret | null;
  readonly ended: Promise<ClientError>;
}

async function greet({ connection, dial, secret, ended }: Opening): Promise<SmtpTrouble | null> {
  const connected = new Promise<ClientError | null>((resolve) =>
    connection.connect((error) => resolve(error ?? null)),
  );
  const noGreeting = await Promise.race([connected, ended]);
  if (noGreeting !== null) return unreached(dial, trouble(noGreeting, 'connect', false));
  if (secret === null) return null;
  const auth = await authOf(dial, secret);
  const login = new Promise<ClientError | null>((resolve) => connection.login(auth, resolve));
  const noLogin = await Promise.race([login, ended]);
  return noLogin === null ? null : trouble(noLogin, 'login', false);
}

function options(dial: Dial): SMTPConnectionOptions {
  return {
    host: dial.host,
    port: dial.port,
    secure: dial.tls === 'implicit',
    requireTLS: dial.tls === 'starttls',
    ignoreTLS: dial.tls === 'none',
    name: dial.name,
    connectionTimeout: SMTP_PATIENCE.connect,
    greetingTimeout: SMTP_PATIENCE.greeting,
    socketTimeout: dial.patience ?? SMTP_PATIENCE.answer,
    socketCloseTimeout: 500,
    maxResponseSize: 64 * 1024,
    logger: false,
    tls: dial.ca === undefined ? undefined : { ca: dial.ca },
  };
}

async function authOf(dial: Dial, secret: Secret): Promise<SMTPConnectionAuth> {
  if (secret.kind === 'password') return { user: dial.user, pass: secret.value };
  const { default: XOAuth2 } = await import('nodemailer/lib/xoauth2');
  return { user: dial.user, oauth2: new XOAuth2({ user: dial.user, accessToken: secret.value }) };
}

function session(connection: SMTPConnection): SmtpSession {
  let usable = true;
  let cutOff: (() => void) | null = null;
  const spoil = (): void => void (usable = false);
  connection.on('end', spoil);
  connection.on('error', spoil);
  const close = (): void => {
    spoil();
    connection.close();
    cutOff?.();
  };
  return {
    usable: () => usable,
    close,
    deliver: async (envelope, mail) => {
      const cut = new Promise<'cut'>((resolve) => (cutOff = () => resolve('cut')));
      const result = await deliver(connection, envelope, mail, cut);
      cutOff = null;
      // A refused envelope leaves the dialogue in the middle: a fresh one costs less than a doubt.
      if (result.kind !== 'taken') close();
      return result;
    },
  };
}

/** `cut` resolves when we close the dialogue ourselves: the client then forgets the mail in flight. */
function deliver(
  connection: SMTPConnection,
  envelope: SmtpEnvelope,
  mail: Buffer,
  cut: Promise<'cut'>,
): Promise<SmtpResult> {
  return new Promise((resolve) => {
    let dotSent = false;
    const source = inPieces(mail, () => void (dotSent = true));
    const request = { from: envelope.from, to: [...envelope.to], size: mail.length };
    connection.send(request, source, (error, info) => {
      if (error) return resolve(trouble(error, 'message', dotSent));
      resolve({ kind: 'taken', refused: refusedRecipients(info.rejectedErrors ?? []) });
    });
    void cut.then(() =>
      resolve({
        kind: 'broken',
        broken: { stage: 'message', code: 'closed', why: 'we closed the connection', dotSent },
      }),
    );
  });
}

const PIECE = 64 * 1024;

/**
 * The mail in pieces, each asked for only when the socket has room again. The final dot follows
 * the last piece, so until `onLast` is called the server cannot have seen the end of the mail.
 */
function inPieces(mail: Buffer, onLast: () => void): Readable {
  let offset = 0;
  return new Readable({
    highWaterMark: PIECE,
    read() {
      const end = Math.min(offset + PIECE, mail.length);
      if (end === mail.length) onLast();
      this.push(mail.subarray(offset, end));
      offset = end;
      if (end === mail.length) this.push(null);
    },
  });
}

function refusedRecipients(errors: readonly ClientError[]): ReadonlyMap<string, Refusal> {
  const refused = new Map<string, Refusal>();
  for (const error of errors) {
    const refusal = readRefusal('recipient', error.response ?? '');
    if (refusal !== null && error.recipient !== undefined) refused.set(error.recipient, refusal);
  }
  return refused;
}

/** Where in the dialogue an error of the client belongs. `CONN` is any moment: then the phase decides. */
function stageOf(error: ClientError, phase: Stage): Stage {
  const command = error.command ?? '';
  if (command.startsWith('AUTH')) return 'login';
  if (command === 'MAIL FROM') return 'sender';
  if (command === 'RCPT TO') return 'recipient';
  if (command === 'EHLO' || command === 'HELO' || command === 'STARTTLS') return 'connect';
  return phase;
}

function trouble(error: ClientError, phase: Stage, dotSent: boolean): SmtpTrouble {
  const stage = stageOf(error, phase);
  const refusal = readRefusal(stage, error.response ?? '') ?? tooLarge(error);
  if (refusal !== null) return { kind: 'refused', refusal };
  const code = error.originalCode ?? error.code ?? '';
  return { kind: 'broken', broken: { stage, code, why: sentence(error, stage, code), dotSent } };
}

/** Whoever reads it has to find the setting that is wrong. */
function unreached({ host, port }: Dial, found: SmtpTrouble): SmtpTrouble {
  if (found.kind !== 'broken') return found;
  const { broken } = found;
  const why =
    broken.code === 'ECONNREFUSED'
      ? `nothing listens at ${host}:${port} (ECONNREFUSED): compare host and port`
      : `${host}:${port}: ${broken.why}`;
  return { kind: 'broken', broken: { ...broken, why } };
}

/** The client compares the mail with the SIZE the server announced (RFC 1870) and does not even begin. */
function tooLarge(error: ClientError): Refusal | null {
  if (error.code !== 'EMESSAGE' || error.command !== 'MAIL FROM') return null;
  return {
    stage: 'message',
    code: 552,
    enhanced: '5.3.4',
    text: 'the mail is larger than the server takes',
  };
}

/** Never the error's own text: it may repeat what was sent. */
function sentence(error: ClientError, stage: Stage, code: string): string {
  if (error.code === 'EDNS') return `the mail server's name could not be resolved (${code})`;
  if (error.code === 'ETIMEDOUT') return `the mail server did not answer in time (${stage})`;
  if (error.code === 'ETLS') return `the encrypted connection failed (${code})`;
  if (stage === 'login') return `the mail server offers no login that fits (${code})`;
  return `the connection to the mail server broke (${stage}, ${code})`;
}
