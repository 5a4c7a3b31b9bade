import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Failure } from '../failure.js';
import { CommandProblem } from '../shell.js';
import { DOOR_FILE, type DoorFile } from './door.js';
import type { OperationName, Operations } from './operations.js';

/** The door a hub left open in this data folder, or null. It may be gone: its hub may have crashed. */
export function readDoorFile(dataFolder: string): DoorFile | null {
  try {
    return JSON.parse(readFileSync(join(dataFolder, DOOR_FILE), 'utf8')) as DoorFile;
  } catch {
    return null;
  }
}

/** True when the hub behind the door answers. */
export async function isOpen(file: DoorFile): Promise<boolean> {
  try {
    return (await post(file, 'listConnections', null)).status === 200;
  } catch {
    return false;
  }
}

/** The operations, done by the running hub. */
export function operationsThrough(file: DoorFile): Operations {
  const call =
    (name: OperationName) =>
    async (input?: unknown): Promise<never> => {
      const { status, text } = await post(file, name, input ?? null);
      if (status === 200) return JSON.parse(text) as never;
      throw refusalOf(status, text);
    };
  return {
    listConnections: call('listConnections'),
    addConnection: call('addConnection'),
    changeConnection: call('changeConnection'),
    checkConnection: call('checkConnection'),
    removeConnection: call('removeConnection'),
    createToken: call('createToken'),
    keepDrafts: call('keepDrafts'),
    keepMails: call('keepMails'),
    quarantined: call('quarantined'),
    replay: call('replay'),
    redrive: call('redrive'),
    explainPair: call('explainPair'),
  };
}

function refusalOf(status: number, text: string): CommandProblem {
  const failure = text === '' ? null : (JSON.parse(text) as Failure | null);
  return failure === null
    ? new CommandProblem(`the running hub refused (${status}): is it of another version?`)
    : new CommandProblem(`the running hub: ${failure.sentence}`, failure.exitCode);
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** By node:http, whose answers may take as long as a connection test takes. */
function post({ door, token }: DoorFile, name: OperationName, input: unknown): Promise<Answered> {
  const body = JSON.stringify(input);
  return new Promise((resolve, reject) => {
    const asked = request(`${door}/${name}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.end(body);
  });
}
