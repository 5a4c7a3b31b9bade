import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connected } from '../src/intake/connected.js';
import { fileInOrder } from '../src/intake/in-order.js';
import { compileMapping } from '../src/mapping/compile.js';
import type { MappingSet } from '../src/mapping/mapping.js';
import { Draft, type DraftInput } from '../src/model/draft.js';
import type { Region } from '../src/model/phone.js';
import { DAY } from '../src/model/time.js';
import type { TicketState } from '../src/model/ticket-state.js';
import { compose, type Composed } from '../src/replies/compose.js';
import { createLanes } from '../src/replies/lanes.js';
import { reconcile } from '../src/replies/reconcile.js';
import { send, type SendDependencies } from '../src/replies/send.js';
import type { Context, Live } from '../src/sdk/treaty.js';
import { folderBlobs, type Blobs } from '../src/store/blobs.js';
import { ensureGroup, insertConnection, removeConnection } from '../src/store/connections.js';
import { insertDraft } from '../src/store/drafts.js';
import { holdLease } from '../src/store/leases.js';
import type { Store } from '../src/store/store.js';
import { all, get, type Row, type Value, type Work } from '../src/store/work.js';
import { testClock, type TestClock } from './clock.js';
import { COURIER_MAPPING, createCourier, type Courier } from './courier.js';
import { openTestStore } from './database.js';
import { quietQueue, type QuietQueue } from './quiet-queue.js';
import type { MatchingBy } from '../src/intake/matching.js';

/** The core's stages on a real database, run by hand: no HTTP, no timers, time as the test says. */
export interface Workshop {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: TestClock;
  readonly queue: QuietQueue;
  readonly sending: SendDependencies;
  readonly region: Region;
  /** Messages of a counted window that only a final answer may take. */
  readonly reserved: number;
  /** Sentences the stages logged as errors. */
  readonly logged: string[];
  /** Adds an open connection of that courier; `group` by name. */
  connect(id: string, courier?: Courier, group?: string): Promise<Courier>;
  readonly find: (id: string) => Connected | undefined;
  /** The connection is gone: its row says so, nobody knows it any more and nothing is open. */
  remove(id: string): Promise<void>;
  /** Closes the live half of a connection, or opens it again. */
  setOpen(id: string, open: boolean): void;
  /** Files these drafts, each with its defaults filled in; one batch. */
  file(...drafts: readonly Partial<DraftInput>[]): Promise<void>;
  reply(ticket: number, text: string, conversation?: number): Promise<Composed>;
  send(): Promise<void>;
  reconcile(): Promise<void>;
  state(ticket: number): Promise<TicketState>;
  rows<T extends object = Row>(sql: string, ...values: Value[]): Promise<readonly T[]>;
  write<T>(work: () => Work<T>): Promise<T>;
  end(): Promise<void>;
}

export function courierMappings(): MappingSet {
  const compiled = compileMapping('courier/message.yaml', COURIER_MAPPING);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return { name: 'courier', mappings: [compiled.mapping] };
}

/** A message of Zhang on connection `a`, with whatever differs. */
export function draftOf(parts: Partial<DraftInput>, now: number): Draft {
  const at = new Date(now).toISOString();
  return Draft.parse({
    connection: 'a',
    channel: 'courier',
    conversation: 'thread',
    kind: 'message',
    sentAt: at,
    receivedAt: at,
    sender: { handle: 'zhang', name: '张伟' },
    text: 'my kettle arrived broken',
    ...parts,
  });
}

const contextOf = (): Context => {
  throw new Error('the courier of these tests needs no context');
};

/** By the simple rule, unless a test is about evidence. */
export async function openWorkshop(
  matching: MatchingBy = { samePersonWithin: 14 * DAY },
): Promise<Workshop> {
  const { store, end } = await openTestStore();
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-workshop-'));
  const clock = testClock();
  const queue = quietQueue();
  const logged: string[] = [];
  const connections = new Map<string, Connected>();
  const lives = new Map<string, Live>();
  const closed = new Set<string>();
  const find = (id: string): Connected | undefined => connections.get(id);
  const sending: SendDependencies = {
    store,
    queue,
    clock,
    chance: () => 0.5,
    log: { error: (sentence) => void logged.push(sentence) },
    lanes: createLanes(find),
    find,
    live: (id) => (closed.has(id) ? undefined : lives.get(id)),
    crashpoint: () => undefined,
  };
  const region: Region = 'CN';
  const lease = holdLease(store, 'filing', 'workshop', clock);
  const filing = {
    ...{ store, queue, clock, find, lease, region },
    matching,
    log: sending.log,
    crashpoint: () => undefined,
  };
  let numbered = 0;

  return {
    ...{ store, clock, queue, sending, logged, find, region, reserved: 0 },
    blobs: folderBlobs(join(folder, 'blobs')),
    async connect(id, courier = createCourier(), group = 'default') {
      const group_id = await store.write(function* () {
        const made = yield* ensureGroup(group);
        yield* insertConnection({
          ...{ id, connector: 'courier', name: id, group_id: made, settings: '{}' },
          ...{ credentials: '', status: 'active', created_at: clock.now() },
        });
        return made;
      });
      const account = { id, settings: {}, credentials: {}, hookUrl: '', macKeys: [] };
      connections.set(id, {
        ...{
          id,
          group: group_id,
          name: id,
          status: 'active',
          account,
          secretVersion: 1,
          earlier: new Map(),
        },
        connector: courier.connector,
        mappings: courierMappings(),
      });
      lives.set(id, courier.connector.open(new Proxy({} as Context, { get: contextOf })));
      return courier;
    },
    async remove(id) {
      await store.write(() => removeConnection(id, clock.now()));
      connections.delete(id);
      closed.add(id);
    },
    setOpen(id, open) {
      if (open) closed.delete(id);
      else closed.add(id);
    },
    async file(...drafts) {
      await store.write(function* () {
        for (const parts of drafts) {
          numbered += 1;
          yield* insertDraft(draftOf({ id: `d${numbered}`, ...parts }, clock.now()), null, null);
        }
      });
      await fileInOrder(filing);
    },
    reply: (ticket, text, conversation) =>
      compose(
        { store, queue, clock, find, reserved: 0 },
        {
          ...{ ticket, text, html: null, attachments: [], agent: 'anna' },
          ...{ conversation: conversation ?? null, confirm: [], replyTo: null, final: false },
        },
      ),
    send: () => send(sending),
    reconcile: () => reconcile(sending),
    async state(ticket) {
      const row = await store.read(() =>
        get<{ state: string }>('SELECT state FROM tickets WHERE id = ?', ticket),
      );
      return JSON.parse(row?.state ?? 'null') as TicketState;
    },
    rows: (sql, ...values) => store.read(() => all(sql, ...values)),
    write: (work) => store.write(work),
    async end() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
