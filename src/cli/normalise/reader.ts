import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Loaded } from '../../config/load.js';
import type { Apart } from '../../intake/apart.js';
import type { Drafted } from '../../intake/drafting.js';
import { mappingsFor } from '../../mapping/load.js';
import { SECOND } from '../../model/time.js';
import type { Account, Envelope } from '../../sdk/inbound.js';
import { splitMbox } from '../import/split-mbox.js';
import { usage } from '../shell.js';
import { HUBBUB } from '../typed.js';
import { unknownName } from '../unknown-name.js';
import type { Wiring } from '../wiring.js';
import { accountOf } from './account.js';
import type { Source } from './sources.js';

/** One input may take this long; the thread that reads it has 256 MB of heap. */
const DEADLINE_MS = 2 * SECOND;
/** Inputs read at once, each by a thread of its own. */
export const READERS = 2;
/** Larger ones are read one after the other, so that memory is bounded by one of them. */
const LARGE_BYTES = 2 * 1024 * 1024;

export interface NormaliseOptions {
  readonly settings?: string;
  readonly type?: string;
  readonly query?: string;
}

export interface NormaliseRequest extends NormaliseOptions {
  readonly connector: string;
  readonly files: readonly string[];
}

export type Line = Readonly<Record<string, unknown>>;

export interface Reader {
  /** What a source becomes; `turn` counts the sources from 0. Never rejects for what is in a source. */
  readonly lines: (source: Source, turn: number) => Promise<readonly Line[]>;
  close(): Promise<void>;
}

/** `tell`: one line for the person, beside the lines of the result. */
export async function openReader(
  wiring: Wiring,
  loaded: Loaded,
  request: NormaliseRequest,
  tell: (line: string) => void,
): Promise<Reader> {
  const connectors = await wiring.loadConnectors();
  const connector = connectors.get(request.connector);
  if (connector === undefined) {
    throw usage(unknownName('connector', request.connector, connectors.keys()));
  }
  const { name, imports = [] } = connector.definition;
  const account = accountOf(connector, request.settings);
  const library = await wiring.readMappings(wiring.mappingFolders(loaded));
  const mappings = mappingsFor(library, name, account.settings);
  if (mappings === null) throw usage(`there is no mapping for ${name}`);
  const limits = { milliseconds: DEADLINE_MS, givesBodies: true };
  const threads = Array.from({ length: READERS }, () => wiring.openApart(loaded, limits));
  const inTurn = oneAtATime();

  async function linesOf(source: Source, thread: Apart): Promise<readonly Line[]> {
    const named = { source: source.name };
    const body = await source.read();
    if (typeof body === 'string') return [{ ...named, error: body }];
    if (imports.includes('mbox') && (await holdsSeveralMails(body))) tell(isMailbox(source.name));
    const envelope = envelopeOf(body, account, request);
    try {
      return shown(named, await thread.draftsOf(name, mappings?.name ?? '', account, envelope));
    } catch (error) {
      const [sentence = ''] = (error as Error).message.split('\n', 1);
      return [{ ...named, error: `a defect: ${sentence}` }];
    }
  }

  return {
    lines(source, turn) {
      const read = (): Promise<readonly Line[]> =>
        linesOf(source, threads[turn % READERS] as Apart);
      return source.size > LARGE_BYTES ? inTurn(read) : read();
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

const isMailbox = (source: string): string =>
  `${source} is a mailbox (mbox) of several mails, read here as one: all of them come in by ${HUBBUB} import ${source === '-' ? 'FILE.mbox' : source} --connection <id> · 该文件含多封邮件，请用 import 导入`;

async function holdsSeveralMails(body: Buffer): Promise<boolean> {
  if (body.toString('latin1', 0, MBOX.length) !== MBOX) return false;
  const mails = splitMbox(Readable.from([body]) as AsyncIterable<Buffer>);
  await mails.next();
  return (await mails.next()).done !== true;
}

/** How a mailbox begins. */
const MBOX = 'From ';

function oneAtATime(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next;
    return next;
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

function shown(named: { readonly source: string }, drafted: Drafted): readonly Line[] {
  if (drafted.kind === 'unreadable') return [{ ...named, error: drafted.why }];
  if (drafted.kind === 'wake') return [{ ...named, wake: drafted.hint }];
  const lines: Line[] = drafted.drafts.map(({ draft }) => ({ ...named, ...draft }));
  if (drafted.quarantine !== null) lines.push({ ...named, error: drafted.quarantine });
  return lines.length > 0 ? lines : [{ ...named, nothing: drafted.remarks.join('; ') }];
}
