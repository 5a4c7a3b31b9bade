import { textOf, type Arg } from './tokens.js';
import { bad, no, ok, type Session, type Tagged } from './session.js';

const CAPABILITIES =
  'IMAP4rev1 LITERAL+ SASL-IR ID IDLE UIDPLUS UNSELECT SPECIAL-USE CHILDREN AUTH=PLAIN';

/** What the server says first. */
export const GREETING = `* OK [CAPABILITY ${CAPABILITIES}] ready\r\n`;

export function capability(session: Session): Tagged {
  session.write(`* CAPABILITY ${CAPABILITIES}\r\n`);
  return ok('done');
}

/** RFC 2971. */
export function id(session: Session): Tagged {
  session.hasSentId = true;
  session.write('* ID ("name" "simulated mail" "vendor" "nobody")\r\n');
  return ok('done');
}

export function login(session: Session, args: readonly Arg[]): Tagged {
  const [user, password] = args.map(textOf);
  if (typeof user !== 'string' || typeof password !== 'string') return bad('name and password');
  return enter(session, user, password);
}

/** AUTHENTICATE PLAIN (RFC 4616), with or without an initial response. */
export async function authenticate(session: Session, args: readonly Arg[]): Promise<Tagged> {
  const [mechanism, initial] = args.map(textOf);
  if (mechanism?.toUpperCase() !== 'PLAIN') return no('[CANNOT] unknown mechanism');
  const response = initial ?? (await session.ask(''));
  if (response === null || response === '*') return bad('cancelled');
  const parts = Buffer.from(response, 'base64').toString('utf8').split('\0');
  const [, user, password] = parts;
  if (user === undefined || password === undefined) return bad('not a PLAIN response');
  return enter(session, user, password);
}

function enter(session: Session, user: string, password: string): Tagged {
  const mailbox = session.office.mailboxes.get(user.toLowerCase());
  if (mailbox === undefined || !session.isRightPassword(user, password)) {
    return no('[AUTHENTICATIONFAILED] Authentication failed.');
  }
  session.mailbox = mailbox;
  return ok(`[CAPABILITY ${CAPABILITIES}] logged in`);
}
