import { bodyText, type AnswerFault } from '../../faults.js';
import { pause } from '../../pause.js';
import { dispatch } from './dispatch.js';
import { tellChanges, type ImapCommand, type Session } from './session.js';
import { itemsOf, textOf, tokenize, type Arg } from './tokens.js';
import type { RawCommand } from './wire.js';

/** A command that could be read. */
export interface Call {
  readonly tag: string;
  readonly event: ImapCommand;
  readonly args: readonly Arg[];
}

/** What a connection can be made to do besides writing. */
export interface Wire {
  readonly session: Session;
  /** Collects what is written from now on, until `release` gives it back. */
  capture(): void;
  release(): Buffer;
  /** Writes this, and then ends the connection politely. */
  end(last: string): void;
  /** Writes this, and then tears the connection down. */
  destroy(last: Buffer): void;
  readonly closing: AbortSignal;
}

/** Commands during which a client's sequence numbers must not shift (RFC 3501, 7.4.1). */
const FIXED_SEQUENCE = new Set(['FETCH', 'STORE', 'SEARCH']);

/** Reads tag, name and arguments; null if they cannot be read. */
export function readCall(raw: RawCommand, user: string): Call | null {
  const [tagArg, nameArg, ...rest] = tokenize(raw) ?? [];
  const tag = textOf(tagArg);
  const word = textOf(nameArg)?.toUpperCase();
  if (tag === null || word === undefined) return null;
  const isUid = word === 'UID';
  const name = isUid ? `UID ${textOf(itemsOf(rest[0])[0])?.toUpperCase() ?? ''}` : word;
  const line = raw.filter((part) => typeof part === 'string').join('');
  const text = line.slice(tag.length + 1 + name.length).trimStart();
  return { tag, event: { user, name, text }, args: isUid ? rest.slice(1) : rest };
}

/** Carries a command out, as scripted. Resolves with `OK`, `NO`, `BAD`, or how the connection died. */
export async function runCommand(
  wire: Wire,
  call: Call,
  faults: readonly AnswerFault[],
): Promise<string> {
  let right: Buffer | null = null;
  for (const fault of faults) {
    if (fault.taken === true || fault.kind === 'half') {
      right ??= await workCaptured(wire, call);
    }
    if (fault.kind === 'delay') {
      await pause(fault.ms, wire.closing);
      continue;
    }
    return misanswer(wire, call.tag, { fault, right });
  }
  if (right === null) return work(wire, call);
  wire.session.write(right);
  return 'OK';
}

async function work(wire: Wire, call: Call): Promise<string> {
  const { session } = wire;
  const { name } = call.event;
  const tagged = await dispatch(session, name, call.args);
  if (name !== 'LOGOUT') tellChanges(session, { expunges: !FIXED_SEQUENCE.has(name) });
  session.write(`${call.tag} ${tagged.status} ${tagged.text}\r\n`);
  if (name === 'LOGOUT') wire.end('');
  return tagged.status;
}

async function workCaptured(wire: Wire, call: Call): Promise<Buffer> {
  wire.capture();
  await work(wire, call);
  return wire.release();
}

function misanswer(
  wire: Wire,
  tag: string,
  { fault, right }: { fault: Exclude<AnswerFault, { kind: 'delay' }>; right: Buffer | null },
): string {
  const whole = right ?? Buffer.alloc(0);
  switch (fault.kind) {
    case 'answer': {
      const text = bodyText(fault.body);
      if (fault.status === 'BYE') wire.end(`* BYE ${text}\r\n`);
      else wire.session.write(`${tag} ${fault.status} ${text}\r\n`);
      return String(fault.status);
    }
    case 'half':
      wire.destroy(whole.subarray(0, Math.floor(whole.length / 2)));
      return 'half';
    case 'reset':
      wire.destroy(Buffer.alloc(0));
      return 'reset';
    case 'trickle':
      wire.session.write(whole.subarray(0, 1));
      return 'trickle';
    case 'silence':
      return 'silence';
  }
}
