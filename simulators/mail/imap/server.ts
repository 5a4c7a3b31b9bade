import { createServer, type AddressInfo, type Socket } from 'node:net';
import {
  addFolder,
  changeUidValidity,
  expungeMails,
  folderOf,
  mailboxOf,
  type Folder,
  type PostOffice,
  type StoredMail,
} from '../post-office.js';
import { serveConnection, type ConnectionOptions } from './connection.js';

export interface ImapOptions extends Omit<ConnectionOptions, 'closing'> {
  readonly office: PostOffice;
}

/** What can happen to a mailbox behind a client's back. */
export interface ImapControl {
  /** Adds a folder, with a special use such as `\Sent` or without. */
  addFolder(address: string, path: string, specialUse?: string | null): void;
  /** What lies in a folder now. */
  mails(address: string, path: string): readonly StoredMail[];
  /** Removes a mail for good. */
  expunge(address: string, path: string, uid: number): void;
  /** Removes a mail in the very moment in which a FETCH comes to it. */
  expungeDuringFetch(address: string, path: string, uid: number): void;
  /** Gives the folder a new UIDVALIDITY and its mails new UIDs; who has it open is told BYE. */
  changeUidValidity(address: string, path: string): void;
  /** Tears all IMAP connections down. */
  dropConnections(): void;
  /** How many IMAP connections are open. */
  connectionCount(): number;
}

export interface ImapServer {
  readonly port: number;
  readonly control: ImapControl;
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an IMAP4rev1 server without TLS on a free port of 127.0.0.1. */
export async function startImap(options: ImapOptions): Promise<ImapServer> {
  const sockets = new Set<Socket>();
  const closing = new AbortController();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, { ...options, closing: closing.signal });
  });
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  const stop = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    dropConnections();
    return closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    control: {
      ...folderControl(options.office),
      dropConnections,
      connectionCount: () => sockets.size,
    },
    goOffline: stop,
    goOnline: () => listen(port),
    close() {
      closing.abort();
      return stop();
    },
  };
}

function folderControl(
  office: PostOffice,
): Omit<ImapControl, 'dropConnections' | 'connectionCount'> {
  const find = (address: string, path: string): Folder => {
    const folder = folderOf(mailboxOf(office, address), path);
    if (folder === null) throw new Error(`${address} has no folder ${path}`);
    return folder;
  };
  return {
    addFolder: (address, path, specialUse = null) =>
      void addFolder(mailboxOf(office, address), path, specialUse),
    mails: (address, path) => find(address, path).mails,
    expunge: (address, path, uid) => expungeMails(find(address, path), (mail) => mail.uid === uid),
    expungeDuringFetch(address, path, uid) {
      const folder = find(address, path);
      for (const mail of folder.mails) if (mail.uid === uid) folder.vanishing.add(mail);
    },
    changeUidValidity: (address, path) => changeUidValidity(find(address, path)),
  };
}
