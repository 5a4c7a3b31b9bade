import type { Socket } from 'node:net';
import type { AnswerFault, Script } from '../../faults.js';
import type { Folder, FolderNews, PostOffice } from '../post-office.js';
import { GREETING } from './commands-account.js';
import { readCall, runCommand, type Wire } from './run-command.js';
import type { ImapCommand, Session } from './session.js';
import { createCommandReader, type RawCommand } from './wire.js';

export interface ConnectionOptions {
  readonly office: PostOffice;
  readonly script: Script<ImapCommand, AnswerFault>;
  readonly isRightPassword: (user: string, password: string) => boolean;
  readonly wantsId: boolean;
  readonly closing: AbortSignal;
  /** Called at the end of every command: `OK`, `NO`, `BAD`, or how the connection died. */
  readonly observe: (user: string, command: string, ending: string) => void;
}

/** Serves one IMAP connection until it ends. */
export function serveConnection(socket: Socket, options: ConnectionOptions): void {
  const line = openLine(socket, options);
  const queue: RawCommand[] = [];
  let isBusy = false;

  async function pump(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await runNext(line, next, options);
    }
    isBusy = false;
  }

  const reader = createCommandReader({
    onLiteralAnnounced: () => void socket.write('+ go on\r\n'),
    onTooLarge: () => void socket.end('* BYE too large\r\n'),
    onCommand(command) {
      if (!line.tookAnswer(command)) queue.push(command);
      void pump();
    },
  });
  socket.on('data', (chunk: Buffer) => reader.feed(chunk));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    queue.length = 0;
    line.hangUp();
  });
  socket.write(GREETING);
}

async function runNext(line: Line, raw: RawCommand, options: ConnectionOptions): Promise<void> {
  const { session } = line;
  const call = readCall(raw, session.mailbox?.address ?? '');
  if (call === null) {
    session.write('* BAD cannot be read\r\n');
    return;
  }
  const ending = await runCommand(line, call, options.script.take(call.event));
  line.watchSelected();
  options.observe(session.mailbox?.address ?? '', call.event.name, ending);
}

/** A connection as the commands use it. */
interface Line extends Wire {
  /** Whether a command was waiting for this line, as IDLE waits for DONE. */
  tookAnswer(command: RawCommand): boolean;
  /** Listens for a UIDVALIDITY change of the folder that is open now, which ends the connection. */
  watchSelected(): void;
  hangUp(): void;
}

function openLine(socket: Socket, options: ConnectionOptions): Line {
  let captured: Buffer[] | null = null;
  let answer: ((line: string | null) => void) | null = null;
  let watched: Folder | null = null;
  const onNews = (news: FolderNews): void => {
    if (news === 'uidValidityChanged') socket.end('* BYE mailbox was rebuilt\r\n');
  };
  const session: Session = {
    office: options.office,
    isRightPassword: options.isRightPassword,
    wantsId: options.wantsId,
    hasSentId: false,
    mailbox: null,
    selected: null,
    write(data) {
      if (captured !== null) captured.push(Buffer.from(data));
      else if (socket.writable) socket.write(data);
    },
    ask: (prompt) =>
      new Promise((resolve) => {
        answer = resolve;
        if (socket.destroyed) resolve(null);
        else socket.write(`+ ${prompt}\r\n`);
      }),
  };
  const watch = (folder: Folder | null): void => {
    watched?.watchers.delete(onNews);
    watched = folder;
    watched?.watchers.add(onNews);
  };
  return {
    session,
    closing: options.closing,
    capture: () => void (captured = []),
    release() {
      const output = Buffer.concat(captured ?? []);
      captured = null;
      return output;
    },
    end: (last) => void socket.end(last),
    destroy: (last) => void socket.write(last, () => socket.destroy()),
    tookAnswer(command) {
      const waiting = answer;
      answer = null;
      waiting?.(String(command[0]));
      return waiting !== null;
    },
    watchSelected: () => watch(session.selected?.folder ?? null),
    hangUp() {
      watch(null);
      answer?.(null);
    },
  };
}
