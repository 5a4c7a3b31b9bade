/**
 * Runs a command with a Postgres and a Redis at hand: `node scripts/with-servers.mjs COMMAND [ARGUMENT…]`.
 *
 * The command finds them in HUBBUB_TEST_DATABASE_URL and HUBBUB_TEST_REDIS_URL. What is already set
 * there is used as it is; what is not is started for this run alone, in a temporary folder and on a
 * free port, and is gone afterwards. So the tests never touch a database somebody cares about.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;
const POSTGRES_FOLDERS = '/usr/lib/postgresql';
const AS_ROOT = process.getuid?.() === 0;

/** A server that this machine does not have; `message` says what to do about it. */
class Missing extends Error {}

const cleanups = [];

async function main(command) {
  if (command.length === 0) throw new Missing('with-servers.mjs needs a command to run');
  process.env.HUBBUB_TEST_DATABASE_URL ||= await startPostgres();
  process.env.HUBBUB_TEST_REDIS_URL ||= await startRedis();
  return await runToEnd(command);
}

async function startPostgres() {
  const bin = postgresFolder();
  const folder = temporaryFolder('postgres');
  const port = await freePort();
  // Postgres refuses to run as root, so root lends it the user its package has made.
  const user = AS_ROOT ? userOf('postgres') : {};
  if (AS_ROOT) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const settings = [`port=${port}`, `unix_socket_directories=${folder}`, 'max_connections=200'];
  // Nothing in it outlives the run: each test makes a database of its own, and flushes cost most of that.
  settings.push('fsync=off', 'full_page_writes=off', 'synchronous_commit=off');
  const flags = settings.flatMap((setting) => ['-c', setting]);
  // SIGINT is Postgres's "fast" stop: SIGTERM would wait for open connections.
  startServer({
    file: join(bin, 'postgres'),
    args: ['-D', data, ...flags],
    folder,
    user,
    stop: 'SIGINT',
  });
  await answering(port, 'Postgres');
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

async function startRedis() {
  const file = onPath('redis-server');
  if (!file) {
    throw new Missing('redis-server is not installed (Debian: apt-get install redis-server)');
  }
  const folder = temporaryFolder('redis');
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  startServer({ file, args, folder, user: {}, stop: 'SIGTERM' });
  await answering(port, 'Redis');
  return `redis://127.0.0.1:${port}`;
}

function startServer({ file, args, folder, user, stop }) {
  const server = spawn(file, args, { ...user, cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  cleanups.push(async () => {
    server.kill(stop);
    const late = setTimeout(() => server.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true });
  });
}

/** The newest Postgres that Debian's packages installed, or the one on the path. */
function postgresFolder() {
  const versions = existsSync(POSTGRES_FOLDERS) ? readdirSync(POSTGRES_FOLDERS) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest) return join(POSTGRES_FOLDERS, newest, 'bin');
  const initdb = onPath('initdb');
  if (initdb) return join(initdb, '..');
  throw new Missing('Postgres is not installed (Debian: apt-get install postgresql)');
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(':');
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function userOf(name) {
  const id = (flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function temporaryFolder(name) {
  return mkdtempSync(join(tmpdir(), `hubbub-${name}-`));
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port, name) {
  const until = Date.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (Date.now() > until) throw new Missing(`${name} did not start within ${START_LIMIT_MS} ms`);
    await pause(50);
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** An interrupt reaches the command by the terminal; we wait for it to end, then stop the servers. */
async function runToEnd([file, ...args]) {
  const child = spawn(file, args, { stdio: 'inherit' });
  const stay = () => child.kill('SIGTERM');
  process.once('SIGTERM', stay).once('SIGINT', stay);
  return await new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}
