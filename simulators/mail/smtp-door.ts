import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import {
  bodyText,
  createScript,
  type AnswerFault,
  type ArmedRule,
  type Rule,
  type Script,
} from '../faults.js';
import { pause } from '../pause.js';

/** Where in an SMTP conversation a rule strikes. */
export type SmtpStage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data';

/** What a client has said so far. */
export interface SmtpEvent {
  readonly stage: SmtpStage;
  /** Envelope sender; empty for `<>` and before MAIL. */
  readonly from: string;
  /** Envelope recipients; at `rcpt` the one that is being added. */
  readonly to: readonly string[];
  /** The mail; empty before its end. */
  readonly raw: Buffer;
}

/** A rule for one stage; `data` when left out. */
export interface SmtpRule extends Rule<SmtpEvent, AnswerFault> {
  readonly at?: SmtpStage | undefined;
}

export interface SmtpDoorOptions {
  /** Whether these are the right name and password. */
  readonly isRightPassword: (user: string, password: string) => boolean;
  /** Takes the mail: from here on the provider is answerable for it. */
  readonly take: (event: SmtpEvent) => void;
  /** Called once a mail, with the answer's code or how the connection died. */
  readonly observe: (event: SmtpEvent, ending: number | Unanswered) => void;
}

/** How a connection dies, or goes on without an answer. */
export type Unanswered = 'reset' | 'half' | 'silence' | 'trickle';

/** The provider's SMTP server for its users' outgoing mail. */
export interface SmtpDoor {
  readonly port: number;
  script(rule: SmtpRule): ArmedRule;
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

type Reply = (error?: Error | null) => void;

/** Starts the door on a free port of 127.0.0.1. Login is possible and not required. */
export async function startSmtpDoor(options: SmtpDoorOptions): Promise<SmtpDoor> {
  const floor: Floor = {
    ...options,
    scripts: {
      connect: createScript(),
      auth: createScript(),
      mail: createScript(),
      rcpt: createScript(),
      data: createScript(),
    },
    sockets: new Map(),
    closing: new AbortController(),
  };
  const smtp = createServer(floor);
  smtp.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    socket.setNoDelay(true);
    floor.sockets.set(port, socket);
    socket.on('close', () => floor.sockets.delete(port));
  });
  const listen = async (port: number): Promise<void> => {
    smtp.listen(port, '127.0.0.1');
    await once(smtp.server, 'listening');
  };
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => smtp.server.close(() => resolve()));
    for (const socket of floor.sockets.values()) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = smtp.server.address() as AddressInfo;
  return {
    port,
    script: (rule) => floor.scripts[rule.at ?? 'data'].add(rule),
    goOffline: stop,
    goOnline: () => listen(port),
    close() {
      floor.closing.abort();
      return stop();
    },
  };
}

interface Floor extends SmtpDoorOptions {
  readonly scripts: Readonly<Record<SmtpStage, Script<SmtpEvent, AnswerFault>>>;
  /** By the client's port, since smtp-server does not hand its sockets out. */
  readonly sockets: Map<number, Socket>;
  readonly closing: AbortController;
}

function createServer(floor: Floor): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    hideSTARTTLS: true,
    // Scripted answers bring their own enhanced status code.
    hideENHANCEDSTATUSCODES: true,
    disableReverseLookup: true,
    size: 50 * 1024 * 1024,
    logger: false,
    onConnect: (session, reply) => void strike(floor, session, { stage: 'connect', reply }),
    onMailFrom: (_address, session, reply) => void strike(floor, session, { stage: 'mail', reply }),
    onRcptTo: (address, session, reply) =>
      void strike(floor, session, { stage: 'rcpt', reply, to: [address.address] }),
    onData: (stream, session, reply) => void takeMail(floor, session, { stream, reply }),
    onAuth(auth, session, reply) {
      const right = floor.isRightPassword(auth.username ?? '', auth.password ?? '');
      const wrong = smtpError(535, '5.7.8 Authentication credentials invalid');
      const decide: Reply = (error) => {
        if (error) reply(error);
        else if (right) reply(null, { user: auth.username });
        else reply(wrong);
      };
      void strike(floor, session, { stage: 'auth', reply: decide });
    },
  });
  // Torn connections are what this server is for.
  server.on('error', () => undefined);
  return server;
}

async function strike(
  floor: Floor,
  session: SMTPServerSession,
  step: { readonly stage: SmtpStage; readonly reply: Reply; readonly to?: readonly string[] },
): Promise<void> {
  const event = eventOf(session, step.stage, { to: step.to ?? [], raw: Buffer.alloc(0) });
  const faults = floor.scripts[step.stage].take(event);
  const socket = floor.sockets.get(session.remotePort);
  await suffer(floor, faults, { socket, reply: step.reply, work: () => undefined });
}

async function takeMail(
  floor: Floor,
  session: SMTPServerSession,
  incoming: { readonly stream: SMTPServerDataStream; readonly reply: Reply },
): Promise<void> {
  const to = session.envelope.rcptTo.map((recipient) => recipient.address);
  const socket = floor.sockets.get(session.remotePort);
  const early = eventOf(session, 'data', { to, raw: Buffer.alloc(0) });
  if (floor.scripts.data.take(early, strikesEarly).length > 0) {
    floor.observe(early, 'reset');
    socket?.destroy();
    return;
  }
  const raw = await readAll(incoming.stream);
  if (raw === null) return;
  const event = { ...early, raw };
  const faults = floor.scripts.data.take(event, (candidate) => !strikesEarly(candidate));
  const work = (): void => floor.take(event);
  const ending = await suffer(floor, faults, { socket, reply: incoming.reply, work });
  floor.observe(event, ending);
}

/** Carries the faults out; what is left to say is said through `reply`. */
async function suffer(
  floor: Floor,
  faults: readonly AnswerFault[],
  step: { readonly socket: Socket | undefined; readonly reply: Reply; readonly work: () => void },
): Promise<number | Unanswered> {
  let isDone = false;
  const work = (): void => {
    if (!isDone) step.work();
    isDone = true;
  };
  for (const fault of faults) {
    if (fault.taken === true) work();
    if (fault.kind === 'delay') {
      await pause(fault.ms, floor.closing.signal);
      continue;
    }
    return misanswer(fault, step);
  }
  work();
  step.reply(null);
  return 250;
}

function misanswer(
  fault: Exclude<AnswerFault, { kind: 'delay' }>,
  step: { readonly socket: Socket | undefined; readonly reply: Reply },
): number | Unanswered {
  if (fault.kind === 'answer') {
    const code = Number(fault.status);
    step.reply(smtpError(code, bodyText(fault.body)));
    // 421 means "closing the channel" (RFC 5321, 3.8).
    if (code === 421) step.socket?.end();
    return code;
  }
  // A reply line that has begun and does not end, for as long as the client waits for it.
  if (fault.kind === 'half' || fault.kind === 'trickle') step.socket?.write('250 2.0');
  if (fault.kind === 'half' || fault.kind === 'reset') step.socket?.destroySoon();
  return fault.kind;
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function strikesEarly(faults: readonly AnswerFault[]): boolean {
  return faults.some((fault) => fault.kind === 'reset' && fault.after === 'head');
}

function eventOf(
  session: SMTPServerSession,
  stage: SmtpStage,
  said: { readonly to: readonly string[]; readonly raw: Buffer },
): SmtpEvent {
  const { mailFrom } = session.envelope;
  return { stage, from: mailFrom === false ? '' : mailFrom.address, ...said };
}

function readAll(stream: SMTPServerDataStream): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', () => resolve(null));
    stream.on('close', () => resolve(null));
  });
}
