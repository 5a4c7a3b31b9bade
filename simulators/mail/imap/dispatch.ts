import { authenticate, capability, id, login } from './commands-account.js';
import { append, expunge, store } from './commands-change.js';
import { fetch } from './commands-fetch.js';
import { create, examine, list, lsub, select, status } from './commands-folders.js';
import { search } from './commands-search.js';
import { bad, ok, tellChanges, type Selection, type Session, type Tagged } from './session.js';
import type { Arg } from './tokens.js';
import type { FolderNews, Mailbox } from '../post-office.js';

type AnyTime = (session: Session, args: readonly Arg[]) => Tagged | Promise<Tagged>;
type LoggedIn = (session: Session, args: readonly Arg[], mailbox: Mailbox) => Tagged;
type Selected = (
  session: Session,
  args: readonly Arg[],
  selected: Selection,
) => Tagged | Promise<Tagged>;

const ANY_TIME: Readonly<Record<string, AnyTime>> = {
  CAPABILITY: capability,
  NOOP: () => ok('done'),
  ID: id,
  LOGIN: login,
  AUTHENTICATE: authenticate,
  LOGOUT(session) {
    session.write('* BYE see you\r\n');
    return ok('done');
  },
};

const LOGGED_IN: Readonly<Record<string, LoggedIn>> = {
  LIST: list,
  LSUB: lsub,
  STATUS: status,
  CREATE: create,
  SELECT: select,
  EXAMINE: examine,
  APPEND: append,
  SUBSCRIBE: () => ok('done'),
};

const SELECTED: Readonly<Record<string, Selected>> = {
  FETCH: (session, args, selected) => fetch(session, args, { byUid: false, selected }),
  'UID FETCH': (session, args, selected) => fetch(session, args, { byUid: true, selected }),
  STORE: (session, args, selected) => store(session, args, { byUid: false, selected }),
  'UID STORE': (session, args, selected) => store(session, args, { byUid: true, selected }),
  SEARCH: (session, args, selected) => search(session, args, { byUid: false, selected }),
  'UID SEARCH': (session, args, selected) => search(session, args, { byUid: true, selected }),
  EXPUNGE: (_session, _args, selected) => expunge([], selected),
  'UID EXPUNGE': (_session, args, selected) => expunge(args, selected),
  CHECK: () => ok('done'),
  CLOSE(session, _args, selected) {
    if (!selected.isReadOnly) expunge([], selected);
    session.selected = null;
    return ok('done');
  },
  UNSELECT(session) {
    session.selected = null;
    return ok('done');
  },
  IDLE: idle,
};

/** Carries out a command in the state that the connection is in. */
export async function dispatch(
  session: Session,
  name: string,
  args: readonly Arg[],
): Promise<Tagged> {
  const anyTime = Object.hasOwn(ANY_TIME, name) ? ANY_TIME[name] : undefined;
  if (anyTime !== undefined) return anyTime(session, args);
  if (session.mailbox === null) return bad('log in first');
  const loggedIn = Object.hasOwn(LOGGED_IN, name) ? LOGGED_IN[name] : undefined;
  if (loggedIn !== undefined) return loggedIn(session, args, session.mailbox);
  const selected = Object.hasOwn(SELECTED, name) ? SELECTED[name] : undefined;
  if (selected === undefined) return bad(`unknown command ${name}`);
  if (session.selected === null) return bad('select a folder first');
  return selected(session, args, session.selected);
}

/** IDLE (RFC 2177): news are told at once until the client says DONE. */
async function idle(session: Session, _args: readonly Arg[], selected: Selection): Promise<Tagged> {
  const tell = (news: FolderNews): void => {
    if (news === 'changed') tellChanges(session, { expunges: true });
  };
  selected.folder.watchers.add(tell);
  const asking = session.ask('idling');
  tell('changed');
  const line = await asking;
  selected.folder.watchers.delete(tell);
  return line?.toUpperCase() === 'DONE' ? ok('done') : bad('DONE was expected');
}
