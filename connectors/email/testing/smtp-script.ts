import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What the server does where a step of the dialogue is reached. */
export type Turn =
  | { readonly say: string }
  /** Ends the connection with a reset, without a word. */
  | 'reset'
  /** Ends the connection properly, without a word. */
  | 'hangUp'
  /** Says nothing, ever. */
  | 'silence';

/** Steps by the word the client says; `connect`, and `dot` for the end of the mail. */
export type Step = 'connect' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'dot' | 'halfway';

export type Script = Partial<Record<Step, Turn | ((line: string) => Turn)>>;

export interface ScriptedSmtp {
  readonly port: number;
  /** Every line the client said outside the mail, in order. */
  readonly heard: string[];
  /** The mails that came with their final dot. */
  readonly mails: string[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** The next connection and all after it follow this script. */
  readonly rewrite: (script: Script) => void;
  readonly close: () => Promise<void>;
}

const USUAL: Record<Step, Turn> = {
  connect: { say: '220 mail.example ESMTP' },
  EHLO: {
    say: '250-mail.example\r\n250-PIPELINING\r\n250-SIZE 30000000\r\n250 AUTH PLAIN XOAUTH2',
  },
  AUTH: { say: '235 2.7.0 ok' },
  MAIL: { say: '250 2.1.0 ok' },
  RCPT: { say: '250 2.1.5 ok' },
  DATA: { say: '354 go on' },
  dot: { say: '250 2.0.0 queued as 1' },
  halfway: 'silence',
};

/** An SMTP server on a raw socket that can break off at any step. */
export async function scriptedSmtp(first: Script): Promise<ScriptedSmtp> {
  const heard: string[] = [];
  const mails: string[] = [];
  const sockets = new Set<Socket>();
  let script = first;
  let count = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, { ...USUAL, ...script }, heard, mails);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    mails,
    connections: () => count,
    rewrite: (next) => void (script = next),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

type Table = Record<Step, Turn | ((line: string) => Turn)>;

function converse(socket: Socket, table: Table, heard: string[], mails: string[]): void {
  let buffer = '';
  let inMail = false;
  let accepted = false;
  const take = (step: Step, line: string): Turn => {
    const entry = table[step];
    const scripted = typeof entry === 'function' ? entry(line) : entry;
    const turn = step === 'DATA' && !accepted ? NOBODY : scripted;
    if (turn === 'reset') socket.resetAndDestroy();
    else if (turn === 'hangUp') socket.end();
    else if (turn !== 'silence') socket.write(`${turn.say}\r\n`);
    return turn;
  };
  const command = (said: string): void => {
    heard.push(said);
    const step = STEPS.find((known) => said.toUpperCase().startsWith(known));
    if (step === undefined) return void socket.end('221 bye\r\n');
    const turn = take(step, said);
    const good = typeof turn === 'object' && /^[23]/.test(turn.say);
    if (step === 'MAIL') accepted = false;
    if (step === 'RCPT') accepted ||= good;
    inMail = step === 'DATA' && good;
  };
  take('connect', '');
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (let end = endOf(buffer, inMail); end >= 0; end = endOf(buffer, inMail)) {
      const said = buffer.slice(0, end);
      buffer = buffer.slice(end + (inMail ? 5 : 2));
      if (inMail) {
        inMail = false;
        mails.push(said);
        take('dot', '');
      } else command(said);
    }
    if (inMail && table.halfway !== 'silence' && buffer.length > 1_000) take('halfway', '');
  });
}

const STEPS = ['EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'] as const;
const NOBODY: Turn = { say: '554 5.5.1 no valid recipients' };

function endOf(buffer: string, inMail: boolean): number {
  return buffer.indexOf(inMail ? '\r\n.\r\n' : '\r\n');
}
