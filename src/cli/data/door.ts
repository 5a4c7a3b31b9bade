import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { failureOf } from '../failure.js';
import { OPERATION_NAMES, type Operations } from './operations.js';

/** Names the door and its token for commands run by the same user; exists only while a hub serves the folder. */
export const DOOR_FILE = 'server.json';

/** One mail of 50 MB in base64, and its wrapping. */
const MAX_BODY = 80 * 1024 * 1024;

export interface DoorFile {
  /** Where the hub itself answers. */
  readonly url: string;
  readonly door: string;
  readonly token: string;
}

/**
 * The embedded database has one writer, so commands hand their work to the hub that serves the
 * folder: over a port of its own on the loopback, with a token that lives as long as this process
 * and stands in a file only its user can read.
 */
export async function openDoor(
  dataFolder: string,
  url: string,
  operations: Operations,
): Promise<() => void> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    answer(request, response, { token, operations }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const path = join(dataFolder, DOOR_FILE);
  const file: DoorFile = { url, door: `http://127.0.0.1:${port}`, token };
  rmSync(`${path}.new`, { force: true });
  writeFileSync(`${path}.new`, JSON.stringify(file), { mode: 0o600, flag: 'wx' });
  renameSync(`${path}.new`, path);
  return () => {
    rmSync(path, { force: true });
    server.close();
    server.closeAllConnections();
  };
}

interface Keeper {
  readonly token: string;
  readonly operations: Operations;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { token, operations }: Keeper,
): Promise<void> {
  if (!isToken(request.headers.authorization, token)) return end(response, 401, null);
  const name = OPERATION_NAMES.find((one) => request.url === `/${one}`);
  if (request.method !== 'POST' || name === undefined) return end(response, 404, null);
  const body = await readBody(request);
  if (body === null) return end(response, 413, null);
  try {
    const operation = operations[name] as (input: unknown) => Promise<unknown>;
    end(response, 200, await operation(JSON.parse(body)));
  } catch (error) {
    end(response, 500, failureOf(error));
  }
}

function isToken(given: string | undefined, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given ?? ''), hash(`Bearer ${token}`));
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function end(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(value ?? null));
}
