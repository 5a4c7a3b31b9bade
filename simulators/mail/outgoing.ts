import { createTransport } from 'nodemailer';
import { createCarriage } from '../carriage.js';
import type { CarriageFault, Script, WireMessage } from '../faults.js';
import { pause } from '../pause.js';
import type { WrittenLetter } from './letters.js';

/** An SMTP listener to which the mail of a domain is routed, as by an MX record. */
export interface MailRoute {
  readonly host: string;
  readonly port: number;
}

/** One attempt to hand a mail over. */
export interface MailAttempt {
  /** SMTP code of the answer; 250 for a mail put into a mailbox here; null if no answer came. */
  readonly code: number | null;
  readonly response: string;
}

/** What became of a mail. */
export interface MailReport {
  readonly messageId: string;
  readonly attempts: readonly MailAttempt[];
  /** The other side took it at least once. */
  readonly acknowledged: boolean;
}

export interface OutgoingOptions {
  readonly script: Script<WrittenLetter, CarriageFault>;
  /** By domain in lower case; mail of other domains goes into the mailboxes of this provider. */
  readonly routes: ReadonlyMap<string, MailRoute>;
  /** Puts a mail into a mailbox here. */
  readonly deliverHere: (letter: WrittenLetter, recipient: string, raw: Buffer) => void;
  /** Pauses before the repetitions after a 4xx or no answer, in milliseconds. */
  readonly retryPausesMs: readonly number[];
  readonly observe: (letter: WrittenLetter, attempt: MailAttempt) => void;
}

/** Carries mail to where its recipients are. */
export interface Outgoing {
  send(letter: WrittenLetter): Promise<MailReport>;
  close(): void;
}

type Transport = ReturnType<typeof connectTo>;

/** With nothing under way. */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const carriage = createCarriage(options.script);
  const transports = new Map<string, Transport>();

  async function overSmtp(
    route: MailRoute,
    letter: WrittenLetter,
    copy: { readonly to: readonly string[]; readonly raw: Buffer },
  ): Promise<MailAttempt[]> {
    const key = `${route.host}:${route.port}`;
    const transport = transports.get(key) ?? connectTo(route);
    transports.set(key, transport);
    const attempts: MailAttempt[] = [];
    for (const before of [0, ...options.retryPausesMs]) {
      await pause(before, carriage.closing);
      if (carriage.closing.aborted) break;
      const attempt = await attemptOnce(transport, letter.from, copy);
      attempts.push(attempt);
      options.observe(letter, attempt);
      if (attempt.code !== null && (attempt.code < 400 || attempt.code >= 500)) break;
    }
    return attempts;
  }

  async function deliver(letter: WrittenLetter, raw: Buffer): Promise<MailAttempt[]> {
    const attempts: MailAttempt[] = [];
    const groups = groupByRoute(letter.to, options.routes);
    for (const [route, to] of groups) {
      if (route !== null) {
        attempts.push(...(await overSmtp(route, letter, { to, raw })));
        continue;
      }
      for (const recipient of to) options.deliverHere(letter, recipient, raw);
      const attempt = { code: 250, response: 'delivered here' };
      options.observe(letter, attempt);
      attempts.push(attempt);
    }
    return attempts;
  }

  return {
    async send(letter) {
      const wire: WireMessage = {
        url: `mailto:${letter.to.join(',')}`,
        headers: {},
        body: letter.raw,
      };
      const attempts = await carriage.carry(letter, wire, (copy) => deliver(letter, copy.body));
      const acknowledged = attempts.some((attempt) => attempt.code === 250);
      return { messageId: letter.messageId, attempts, acknowledged };
    },
    close() {
      carriage.close();
      for (const transport of transports.values()) transport.close();
    },
  };
}

function connectTo(route: MailRoute) {
  return createTransport({
    ...route,
    pool: true,
    maxConnections: 16,
    maxMessages: Infinity,
    secure: false,
    ignoreTLS: true,
    connectionTimeout: 5_000,
    socketTimeout: 30_000,
  });
}

async function attemptOnce(
  transport: Transport,
  from: string,
  copy: { readonly to: readonly string[]; readonly raw: Buffer },
): Promise<MailAttempt> {
  try {
    const envelope = { from, to: [...copy.to] };
    const sent = await transport.sendMail({ envelope, raw: copy.raw });
    return { code: Number(sent.response.slice(0, 3)), response: sent.response };
  } catch (error) {
    return readFailure(error);
  }
}

function readFailure(error: unknown): MailAttempt {
  const { responseCode, message } = error as { responseCode?: unknown; message?: unknown };
  const code = typeof responseCode === 'number' ? responseCode : null;
  return { code, response: String(message) };
}

function groupByRoute(
  recipients: readonly string[],
  routes: ReadonlyMap<string, MailRoute>,
): Map<MailRoute | null, string[]> {
  const groups = new Map<MailRoute | null, string[]>();
  for (const recipient of recipients) {
    const domain = recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase();
    const route = routes.get(domain) ?? null;
    groups.set(route, [...(groups.get(route) ?? []), recipient]);
  }
  return groups;
}
