import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Why Dovecot cannot be used here; null when it can. Version 2.4 reads another configuration. */
export function whyNoDovecot(): string | null {
  try {
    const version = execFileSync('dovecot', ['--version'], { encoding: 'utf8' }).trim();
    return version.startsWith('2.3.')
      ? null
      : `dovecot is ${version}, these tests are written for 2.3`;
  } catch {
    return 'dovecot is not installed (apt-get install dovecot-imapd)';
  }
}

export interface Dovecot {
  readonly port: number;
  /** Drops a mail into a folder as a delivery agent does: a file that appears at once. */
  readonly deliver: (folder: string, mail: string) => void;
  readonly createFolder: (folder: string) => void;
  /** Forgets UIDs and indexes, as a restored backup or a moved mailbox does: UIDVALIDITY changes. */
  readonly renumber: (folder: string) => void;
  /** Power cut: everything ends at once. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Stops it and removes everything. */
  readonly remove: () => Promise<void>;
}

export const USER = 'help@shop.example';
export const PASSWORD = 'secret';

/** A Dovecot of its own in a temporary folder, on a free port, without privileges. */
export async function startDovecot(): Promise<Dovecot> {
  const home = mkdtempSync(join(tmpdir(), 'hubbub-dovecot-'));
  const port = await freePort();
  const owner = whoOwns();
  const maildir = join(home, 'mail', USER);
  for (const folder of ['', 'run', 'state', 'mail', 'home', `mail/${USER}`]) {
    mkdirSync(join(home, folder), { recursive: true });
    chownSync(join(home, folder), owner.uid, owner.gid);
  }
  writeFileSync(join(home, 'conf'), configuration(home, port, owner));
  let server: ChildProcess | null = null;
  let count = 0;
  const start = async (): Promise<void> => {
    server = spawn('dovecot', ['-F', '-c', join(home, 'conf')], {
      stdio: 'ignore',
      detached: true,
    });
    await answering(port);
  };
  const kill = async (): Promise<void> => {
    const running = server;
    server = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    // The whole group: the processes that serve a client outlive a master that is merely asked to stop.
    if (running.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
    await ended;
  };
  const place = (folder: string): string =>
    folder === 'INBOX' ? maildir : join(maildir, `.${folder}`);
  const createFolder = (folder: string): void => {
    for (const part of ['', 'tmp', 'new', 'cur']) {
      mkdirSync(join(place(folder), part), { recursive: true });
      chownSync(join(place(folder), part), owner.uid, owner.gid);
    }
  };
  createFolder('INBOX');
  await start();
  return {
    port,
    createFolder,
    deliver: (folder, mail) => {
      const file = join(place(folder), 'new', `${1_700_000_000 + count}.M${count}.test`);
      count += 1;
      writeFileSync(file, mail);
      chownSync(file, owner.uid, owner.gid);
    },
    renumber: (folder) => {
      for (const name of readdirSync(place(folder))) {
        if (name.startsWith('dovecot')) rmSync(join(place(folder), name), { recursive: true });
      }
    },
    kill,
    start,
    remove: async () => {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

interface Owner {
  readonly user: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
}

/** Root runs it as nobody, anybody else as himself. */
function whoOwns(): Owner {
  const { uid, username } = userInfo();
  const user = uid === 0 ? 'nobody' : username;
  const ask = (flags: string): string =>
    execFileSync('id', [flags, user], { encoding: 'utf8' }).trim();
  return { user, group: ask('-gn'), uid: Number(ask('-u')), gid: Number(ask('-g')) };
}

function configuration(home: string, port: number, { user, group }: Owner): string {
  return `
base_dir = ${home}/run
state_dir = ${home}/state
log_path = ${home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${home}/mail/%u
mail_uid = ${user}
mail_gid = ${group}
first_valid_uid = 1
first_valid_gid = 1
default_login_user = ${user}
default_internal_user = ${user}
default_internal_group = ${group}
mail_max_userip_connections = 50
namespace inbox {
  inbox = yes
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
}
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${home}/home/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.setTimeout(2_000, () => socket.destroy());
    });
    if (greeted) return;
    await pause(50);
  }
  throw new Error('dovecot did not begin to answer');
}
