import type { ImapFlow } from 'imapflow';
import { SECOND, Unauthorised } from '../../src/sdk/index.js';
import type { Context, Emit } from '../../src/sdk/index.js';
import { readFolder } from './folder.js';
import type { Folder, Reading } from './folder.js';
import {
  asError,
  IMAP_PATIENCE,
  isRefusedCommand,
  isUnsafeLogin,
  openMailbox,
  sentFolder,
} from './imap.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';

type ImapSettings = NonNullable<Settings['imap']>;

/**
 * Reads the mailbox until the signal aborts, and rejects when the link breaks. The main folder is
 * watched by IDLE; every folder is asked for new mail every `pollSeconds` besides, since IDLE covers
 * one folder and may fail in silence.
 */
export async function streamMailbox(
  context: Context,
  emit: Emit,
  cursors: Readonly<Record<string, string>>,
  stop: AbortSignal,
): Promise<void> {
  const imap = readSettings(context.account())?.imap;
  if (imap === undefined) throw new Error('no IMAP server is set (setting imap)');
  const pause = imap.pollSeconds * SECOND;
  const patience = Math.max(IMAP_PATIENCE.answer, imap.mode === 'poll' ? pause + 30 * SECOND : 0);
  const opened = await openMailbox(context, stop, patience);
  if (opened.kind === 'failed') {
    if (stop.aborted) return;
    throw asError(opened.failure);
  }
  const { client } = opened;
  try {
    const reading = { client, context, emit, cursors: new Map(Object.entries(cursors)) };
    await readForEver(reading, imap);
  } catch (error) {
    if (!stop.aborted) throw brokenLink(error, client);
  } finally {
    client.close();
  }
}

/** Ends only by a rejection: the client's, when the link breaks or we close it. */
async function readForEver(reading: Reading, imap: ImapSettings): Promise<never> {
  const { client } = reading;
  const bell = newMailBell(client);
  const [main, others] = await foldersOf(client, imap);
  const missing = new Set<string>();
  for (;;) {
    for (const folder of others) await readIfThere(reading, folder, missing);
    // Last, so that it stays selected: IDLE tells of the selected folder only.
    const round = performance.now() + imap.pollSeconds * SECOND;
    for (let left = 1; left > 0; left = round - performance.now()) {
      bell.reset();
      await readFolder(reading, main);
      await bell.wait(round - performance.now(), imap.mode === 'idle');
    }
  }
}

async function foldersOf(client: ImapFlow, imap: ImapSettings): Promise<[Folder, Folder[]]> {
  const [first = 'INBOX', ...more] = [...new Set(imap.folders)];
  const sent = await sentFolder(client, imap.sentFolder);
  const inbox = (path: string): Folder => ({
    path,
    role: 'inbox',
    historyDays: imap.historyDays,
  });
  const others = more.filter((path) => path !== sent).map(inbox);
  // Our own answers before the first start are no news to anybody.
  if (sent !== null && sent !== first) others.push({ path: sent, role: 'sent', historyDays: 0 });
  return [inbox(first), others];
}

/** A folder that is not there is named once and does not keep the others from being read. */
async function readIfThere(reading: Reading, folder: Folder, missing: Set<string>): Promise<void> {
  try {
    await readFolder(reading, folder);
    missing.delete(folder.path);
  } catch (error) {
    if (!isRefusedCommand(error) || isUnsafeLogin(error)) throw error;
    if (missing.has(folder.path)) return;
    missing.add(folder.path);
    reading.context.log.warn('a folder cannot be read: check its name in the settings', {
      folder: folder.path,
    });
  }
}

interface Bell {
  reset(): void;
  /** Until the server announces new mail or the time is up. Rejects when the link breaks. */
  wait(milliseconds: number, idle: boolean): Promise<void>;
}

function newMailBell(client: ImapFlow): Bell {
  let rung = false;
  let ring: () => void = () => undefined;
  let broke: (error: Error) => void = () => undefined;
  client.on('exists', ({ count, prevCount }) => {
    if (count <= prevCount) return;
    rung = true;
    ring();
  });
  client.on('error', (error: Error) => broke(error));
  client.once('close', () => broke(new Error('the mail server closed the connection')));
  return {
    reset: () => void (rung = false),
    wait: (milliseconds, idle) => {
      if (rung) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, Math.max(0, milliseconds));
        const settle = (end: () => void) => (): void => {
          clearTimeout(timer);
          end();
        };
        ring = settle(resolve);
        broke = (error) => settle(() => reject(error))();
        if (!client.usable) broke(new Error('the mail server closed the connection'));
        // Ends by itself when the next command comes; what ends it otherwise also closes the client.
        else if (idle) client.idle().catch(() => undefined);
      });
    },
  };
}

/** A sentence without the server's words, which may hold anything. */
function brokenLink(error: unknown, client: ImapFlow): Error {
  if (isUnsafeLogin(error)) {
    return new Unauthorised('the mail server calls this login unsafe: allow IMAP for the account');
  }
  if (error instanceof Error && isRefusedCommand(error)) {
    const folder = client.mailbox === false ? '' : ` in folder ${client.mailbox.path}`;
    return new Error(`the mail server refused a command${folder} (setting imap.folders)`);
  }
  const { code } = error as { code?: string };
  if (code === undefined && error instanceof Error) return error;
  return new Error(`the connection to the mailbox broke (${code ?? 'unknown'})`);
}
