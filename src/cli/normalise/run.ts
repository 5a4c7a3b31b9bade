import { createHash } from 'node:crypto';
import type { Loaded } from '../../config/load.js';
import type { Apart } from '../../intake/apart.js';
import type { Drafted } from '../../intake/drafting.js';
import { mappingsFor } from '../../mapping/load.js';
import { SECOND } from '../../model/time.js';
import type { Account, Envelope } from '../../sdk/inbound.js';
import { loadForCommand } from '../configuration.js';
import { usage, type ExitCode, type Shell } from '../shell.js';
import { unknownName } from '../unknown-name.js';
import type { Wiring } from '../wiring.js';
import { accountOf } from './account.js';
import { sourcesOf, type Source } from './sources.js';

/** One input may take this long; the thread that reads it has 256 MB of heap. */
const DEADLINE_MS = 2 * SECOND;
/** Inputs read at once, each by a thread of its own. */
const READERS = 2;

export interface NormaliseOptions {
  readonly settings?: string;
  readonly type?: string;
  readonly query?: string;
}

export interface NormaliseRequest extends NormaliseOptions {
  readonly connector: string;
  readonly files: readonly string[];
}

export async function normalise(shell: Shell, request: NormaliseRequest): Promise<ExitCode> {
  const { files } = request;
  if (files.length === 0 && shell.stdin.isTTY === true) {
    throw usage('name files or a folder, or pipe a payload into standard input');
  }
  const read = await readerOf(await shell.main(), loadForCommand(), request);
  let failed = false;
  try {
    const sources = sourcesOf(files.length === 0 ? ['-'] : files, shell.stdin);
    for await (const lines of inOrder(sources, read.lines)) {
      failed ||= lines.some((line) => 'error' in line);
      for (const line of lines) shell.out(JSON.stringify(line));
    }
  } finally {
    await read.close();
  }
  return failed ? 1 : 0;
}

type Line = Readonly<Record<string, unknown>>;

interface Reader {
  /** `turn` counts the sources from 0. */
  lines(source: Source, turn: number): Promise<readonly Line[]>;
  close(): Promise<void>;
}

async function readerOf(
  wiring: Wiring,
  loaded: Loaded,
  request: NormaliseRequest,
): Promise<Reader> {
  const connectors = await wiring.loadConnectors();
  const connector = connectors.get(request.connector);
  if (connector === undefined) {
    throw usage(unknownName('connector', request.connector, connectors.keys()));
  }
  const account = accountOf(connector, request.settings);
  const library = await wiring.readMappings(wiring.mappingFolders(loaded));
  const mappings = mappingsFor(library, connector.definition.name, account.settings);
  if (mappings === null) throw usage(`there is no mapping for ${connector.definition.name}`);
  const threads = Array.from({ length: READERS }, () => wiring.openApart(loaded, DEADLINE_MS));
  return {
    async lines(source, turn) {
      const body = await source.read();
      const named = { source: source.name };
      if (typeof body === 'string') return [{ ...named, error: body }];
      const envelope = envelopeOf(body, account, request);
      const thread = threads[turn % READERS] as Apart;
      const name = connector.definition.name;
      try {
        return linesOf(named, await thread.draftsOf(name, mappings.name, account, envelope));
      } catch (error) {
        return [
          { ...named, error: `a defect: ${(error as Error).message.split('\n', 1)[0] ?? ''}` },
        ];
      }
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function envelopeOf(body: Buffer, account: Account, { type, query }: NormaliseRequest): Envelope {
  return {
    id: 0,
    connection: account.id,
    key: createHash('sha256').update(body).digest('hex'),
    body,
    type: type ?? '',
    notes: {},
    query: query ?? '',
    receivedAt: Date.now(),
  };
}

function linesOf(named: { readonly source: string }, drafted: Drafted): readonly Line[] {
  if (drafted.kind === 'unreadable') return [{ ...named, error: drafted.why }];
  if (drafted.kind === 'wake') return [{ ...named, wake: drafted.hint }];
  const lines: Line[] = drafted.drafts.map(({ draft }) => ({ ...named, ...draft }));
  if (drafted.quarantine !== null) lines.push({ ...named, error: drafted.quarantine });
  return lines.length > 0 ? lines : [{ ...named, nothing: drafted.remarks.join('; ') }];
}

/** Works ahead by as many as there are readers, and answers in the order of the sources. */
async function* inOrder(
  sources: AsyncIterable<Source>,
  lines: Reader['lines'],
): AsyncGenerator<readonly Line[]> {
  const ahead: Promise<readonly Line[]>[] = [];
  let turn = 0;
  for await (const source of sources) {
    ahead.push(lines(source, turn));
    turn += 1;
    const first = ahead.length === READERS ? ahead.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const rest of ahead) yield await rest;
}
