import type { ImapFlow } from 'imapflow';
import { SECOND, Unauthorised } from '../../src/sdk/index.js';
import type { Context, Failure } from '../../src/sdk/index.js';
import { isTlsTrouble } from './failures.js';
import type { Dial, Secret } from './dial.js';
import { forgetToken } from './oauth.js';
import { doorOf } from './secrets.js';
import { MAX_MAIL_BYTES } from './settings.js';

/** Milliseconds. `answer` is what a command may take without a byte coming. */
export const IMAP_PATIENCE = {
  connect: 20 * SECOND,
  greeting: 20 * SECOND,
  answer: 120 * SECOND,
  /** IDLE is renewed this often: many routers forget a silent connection after five minutes. */
  idle: 240 * SECOND,
} as const;

export type ImapOpened =
  | { readonly kind: 'open'; readonly client: ImapFlow }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly code: string };

/** What imapflow hangs on its errors. */
interface ClientError extends Error {
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly responseStatus?: string;
  readonly responseText?: string;
  readonly serverResponseCode?: string;
}

/** Logs in to the account's mailbox. `stop` ends the attempt, and an open client, at once. */
export async function openMailbox(
  context: Context,
  stop: AbortSignal,
  patience: number = IMAP_PATIENCE.answer,
): Promise<ImapOpened> {
  const first = await open(context, stop, patience);
  if (first.kind === 'open' || first.failure.kind !== 'unauthorised' || first.token === null) {
    return first;
  }
  // One refresh: a server may refuse a token before its time.
  forgetToken(context, first.token);
  return open(context, stop, patience);
}

type Attempt = ImapOpened & { readonly token: string | null };

async function open(context: Context, stop: AbortSignal, patience: number): Promise<Attempt> {
  const door = await doorOf(context, 'imap');
  if (door.kind === 'notReady') {
    return { kind: 'failed', failure: door.failure, code: door.failure.kind, token: null };
  }
  const token = door.secret?.kind === 'token' ? door.secret.value : null;
  const client = await createClient(door.dial, door.secret, patience);
  const close = (): void => client.close();
  stop.addEventListener('abort', close, { once: true });
  client.once('close', () => stop.removeEventListener('abort', close));
  // Without a listener an error between two commands would end the process; the close that follows
  // it is what the reader waits for.
  client.on('error', () => undefined);
  try {
    if (stop.aborted) throw new Error('stopped');
    await client.connect();
    return { kind: 'open', client, token };
  } catch (error) {
    client.close();
    stop.removeEventListener('abort', close);
    return { kind: 'failed', ...connectFailure(error as ClientError), token };
  }
}

async function createClient(
  dial: Dial,
  secret: Secret | null,
  patience: number,
): Promise<ImapFlow> {
  const { ImapFlow: Client } = await import('imapflow');
  const login = secret?.kind === 'token' ? { accessToken: secret.value } : { pass: secret?.value };
  return new Client({
    host: dial.host,
    port: dial.port,
    secure: dial.tls === 'implicit',
    ...(dial.tls === 'implicit' ? {} : { doSTARTTLS: dial.tls === 'starttls' }),
    auth: { user: dial.user, ...login },
    // 163 and 126 answer "Unsafe Login" to a client that does not say who it is (RFC 2971).
    clientInfo: { name: 'hubbub', version: '1', vendor: 'hubbub' },
    logger: false,
    disableAutoIdle: true,
    maxIdleTime: IMAP_PATIENCE.idle,
    connectionTimeout: IMAP_PATIENCE.connect,
    greetingTimeout: IMAP_PATIENCE.greeting,
    socketTimeout: patience,
    maxLiteralSize: MAX_MAIL_BYTES + 64 * 1024,
    maxLineLength: 16 * 1024 * 1024,
    maxResponseSize: MAX_MAIL_BYTES + 20 * 1024 * 1024,
    ...(dial.ca === undefined ? {} : { tls: { ca: dial.ca } }),
  });
}

/** Answers to a login that are no verdict on the password (RFC 5530 section 3). */
const NOT_THE_PASSWORD: ReadonlySet<string> = new Set([
  'UNAVAILABLE',
  'INUSE',
  'LIMIT',
  'SERVERBUG',
]);

function connectFailure(error: ClientError): { failure: Failure; code: string } {
  const code = error.serverResponseCode ?? error.code ?? '';
  if (isLoginRefusal(error)) {
    return {
      failure: { kind: 'unauthorised', why: `the mailbox refused the login (${code})` },
      code,
    };
  }
  if (isTlsTrouble(code)) {
    const why = `the encrypted connection to the mailbox failed (${code})`;
    return { failure: { kind: 'misconfigured', setting: 'imap.tls', why }, code };
  }
  return { failure: { kind: 'transient', why: `the mailbox cannot be reached (${code})` }, code };
}

/** A login that broke off carries the same mark as one that was refused: only an answer counts. */
function isLoginRefusal(error: ClientError): boolean {
  if (isUnsafeLogin(error)) return true;
  return (
    error.authenticationFailed === true &&
    error.responseStatus !== undefined &&
    !NOT_THE_PASSWORD.has(error.serverResponseCode ?? '')
  );
}

/** True for a command the server answered with NO or BAD: the connection itself is well. */
export function isRefusedCommand(error: unknown): boolean {
  return (error as ClientError).responseStatus !== undefined;
}

/** 163 and 126 take the login of a client they distrust and then refuse every folder. */
export function isUnsafeLogin(error: unknown): boolean {
  return ((error as ClientError).responseText ?? '').toLowerCase().includes('unsafe login');
}

/** A failure as the pump takes it: an error without content or secrets. */
export function asError(failure: Failure): Error {
  const { kind, why } = failure;
  if (kind === 'unauthorised') return new Unauthorised(why);
  return new Error(kind === 'misconfigured' ? `${why} (setting ${failure.setting})` : why);
}

/** The folder of our own sent mail: as configured, else the one the server marks; null for none. */
export async function sentFolder(client: ImapFlow, configured: string): Promise<string | null> {
  if (configured === '-') return null;
  if (configured !== '') return configured;
  const folders = await client.list();
  return folders.find(({ specialUse }) => specialUse === '\\Sent')?.path ?? null;
}
