import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { mappingsFor, type MappingLibrary } from '../mapping/load.js';
import type { Localised } from '../model/localised.js';
import { mistakeOf } from '../model/mistakes.js';
import type { Clock } from '../model/time.js';
import { fieldMeta } from '../sdk/fields.js';
import type { Checked, Connector, Finding, Live } from '../sdk/treaty.js';
import {
  changeConnection,
  connectionById,
  ensureGroup,
  insertConnection,
  lockConnection,
  noteTrouble,
  removeConnection,
  setConnectionStatus,
  type ConnectionRow,
} from '../store/connections.js';
import { abandonQueue } from '../replies/abandon.js';
import { outboxOf, rescheduleConnection } from '../store/deliveries.js';
import type { Store } from '../store/store.js';
import type { Work } from '../store/work.js';
import { addressGuard } from './address.js';
import { closedUrls } from './called-urls.js';
import { noteIncomplete } from './incomplete.js';
import { VaultProblem } from './master-key.js';
import { patched } from './patch.js';
import type { Registry } from './registry.js';
import type { Vault } from './vault.js';

export interface ServiceDependencies {
  readonly store: Store;
  readonly vault: Vault;
  readonly registry: Registry;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly mappings: MappingLibrary;
  readonly clock: Clock;
  /** Private ranges that connectors may call; see `network.allowPrivate`. */
  readonly allowPrivate: readonly string[];
  /** The open live half, here or opened for the purpose. */
  readonly withLive: <T>(connection: string, use: (live: Live) => Promise<T>) => Promise<T>;
}

export interface NewConnection {
  readonly connector: string;
  readonly name: string;
  readonly group?: string | undefined;
  readonly settings: unknown;
  readonly credentials: unknown;
}

/** What is absent stays as it is; null takes a field away. */
export interface ConnectionEdit {
  readonly name?: string | undefined;
  readonly settings?: unknown;
  readonly credentials?: unknown;
}

/** What is wrong with a form, field by field. */
export interface FormProblem {
  readonly field: string;
  readonly message: string;
  /** The same in both languages. */
  readonly why?: Localised;
}

export type Saved =
  | { readonly kind: 'saved'; readonly id: string }
  | { readonly kind: 'invalid'; readonly problems: readonly FormProblem[] }
  | {
      readonly kind: 'unknown';
      readonly what: 'connector' | 'connection';
      readonly known: readonly string[];
    };

/** What a check found, and what came of it. */
export interface CheckedConnection extends Checked {
  /** It was failing and nothing is wrong: its replies are tried again. */
  readonly resumed: boolean;
}

/** What admins do with connections. Secrets go in and never come out again. */
export interface ConnectionService {
  add(connection: NewConnection): Promise<Saved>;
  change(id: string, change: ConnectionEdit): Promise<Saved>;
  setStatus(id: string, status: 'active' | 'paused'): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  check(id: string): Promise<CheckedConnection | null>;
  row(id: string): Promise<ConnectionRow | undefined>;
}

export function createConnectionService(deps: ServiceDependencies): ConnectionService {
  const { store, registry, clock } = deps;
  async function setStatus(id: string, status: 'active' | 'paused'): Promise<boolean> {
    if (registry.find(id) === undefined) return false;
    await store.write(function* () {
      yield* setConnectionStatus(id, status, null);
      if (status === 'active') yield* rescheduleConnection(id, clock.now());
    });
    await settled(deps, id);
    return true;
  }
  return {
    setStatus,
    add: (connection) => add(deps, connection),
    change: (id, change) => changeOne(deps, id, change),
    async remove(id) {
      const now = clock.now();
      const removed = await store.write(function* () {
        if (!(yield* removeConnection(id, now))) return false;
        yield* abandonQueue(id, now);
        return true;
      });
      await registry.refresh();
      return removed;
    },
    async check(id) {
      if (registry.find(id) === undefined) return null;
      const found = await deps.withLive(id, (live) => live.check());
      const checked = (await holdsAnswers(deps, id)) ? withoutWayOut(found) : found;
      // What failed is mended: its queue goes on by itself.
      const resumed = checked.ok && registry.find(id)?.status === 'failing';
      if (resumed) await setStatus(id, 'active');
      return { ...checked, resumed };
    },
    row: (id) => store.read(() => connectionById(id)),
  };
}

async function settled({ store, registry }: ServiceDependencies, id: string): Promise<void> {
  await registry.refresh();
  await noteIncomplete(store, registry.find(id));
}

/** Answers that wait, or that it was failing over. */
async function holdsAnswers(
  { store, registry }: ServiceDependencies,
  id: string,
): Promise<boolean> {
  if (registry.find(id)?.status === 'failing') return true;
  return (await store.read(() => outboxOf(id))).waiting > 0;
}

/** To take messages only is a choice; with answers that wait, having nowhere to send them is not. */
function withoutWayOut({ ok, findings }: Checked): Checked {
  if (!findings.some(({ sending }) => sending === 'impossible')) return { ok, findings };
  const judged = findings.map((one): Finding =>
    one.sending === 'impossible' ? { ...one, ok: false, cause: 'setting' } : one,
  );
  return { ok: false, findings: judged };
}

async function add(
  deps: ServiceDependencies,
  { connector: kind, name, group, settings, credentials }: NewConnection,
): Promise<Saved> {
  const connector = deps.connectors.get(kind);
  if (connector === undefined) {
    return { kind: 'unknown', what: 'connector', known: [...deps.connectors.keys()] };
  }
  const form = readForm(deps, connector, { settings, credentials, before: {} });
  if (form.kind === 'invalid') return form;
  const id = await freeId(deps, name);
  const now = deps.clock.now();
  await deps.store.write(function* () {
    yield* insertConnection({
      id,
      connector: kind,
      name,
      group_id: yield* ensureGroup(group ?? 'default'),
      settings: JSON.stringify(form.settings),
      credentials: deps.vault.seal(id, form.credentials),
      status: 'active',
      created_at: now,
    });
  });
  await settled(deps, id);
  return { kind: 'saved', id };
}

/**
 * What is not given stays as it is: an admin never has to type a secret again. It is read and written
 * under one lock, or a change that comes at the same time would put an old secret back.
 */
async function changeOne(
  deps: ServiceDependencies,
  id: string,
  change: ConnectionEdit,
): Promise<Saved> {
  const saved = await deps.store.write(() => changeLocked(deps, id, change));
  if (saved.kind === 'saved') await settled(deps, id);
  return saved;
}

function* changeLocked(deps: ServiceDependencies, id: string, change: ConnectionEdit): Work<Saved> {
  const row = yield* lockConnection(id);
  const connector = deps.connectors.get(row?.connector ?? '');
  if (row === undefined || row.removed_at !== null || connector === undefined) {
    const known = deps.registry.list().map((one) => one.id);
    return { kind: 'unknown', what: 'connection', known };
  }
  const present = presentSecrets(deps.vault, row);
  const form = changedForm(deps, connector, { row, present, change });
  if (form.kind === 'invalid') return form;
  const same = isDeepStrictEqual(form.credentials, present);
  const edit = {
    name: change.name ?? row.name,
    settings: JSON.stringify(form.settings),
    credentials: same ? null : deps.vault.seal(id, form.credentials),
  };
  yield* changeConnection(id, edit, deps.clock.now());
  if (row.status === 'failing') {
    // What the platform refused was changed: the queue goes on, and stops again if it was not enough.
    yield* setConnectionStatus(id, 'active', null);
    yield* rescheduleConnection(id, deps.clock.now());
  } else if (!same || edit.settings !== row.settings) {
    // It is opened anew: what is still wrong is said again, by those parts of it that are left.
    yield* noteTrouble(id, null);
  }
  return { kind: 'saved', id };
}

/** Null: they were sealed with a lost key, or were touched. */
function presentSecrets(vault: Vault, row: ConnectionRow): Record<string, unknown> | null {
  try {
    return asRecord(vault.open(row.id, row.credentials));
  } catch (error) {
    if (error instanceof VaultProblem) return null;
    throw error;
  }
}

/** Secrets that cannot be opened are replaced by those an admin enters, never by nothing. */
function changedForm(
  deps: ServiceDependencies,
  connector: Connector,
  { row, present, change }: Changing,
): Form {
  const { settings, credentials } = connector.definition;
  const entered = asRecord(change.credentials);
  const none = Object.keys(credentials.shape).length === 0;
  if (present === null && !none && Object.keys(entered).length === 0) {
    const problem = { field: 'credentials', message: ENTER_AGAIN.en, why: ENTER_AGAIN };
    return { kind: 'invalid', problems: [problem] };
  }
  const before = asRecord(JSON.parse(row.settings));
  return readForm(deps, connector, {
    settings: patched(settings, before, asRecord(change.settings)),
    credentials: patched(credentials, present ?? {}, entered),
    before,
  });
}

interface Changing {
  readonly row: ConnectionRow;
  /** Null: they cannot be opened. */
  readonly present: Record<string, unknown> | null;
  readonly change: ConnectionEdit;
}

const ENTER_AGAIN: Localised = {
  en: 'the stored secrets cannot be opened with this master key: put the key back that sealed them, or enter all secrets of this connection again',
  zh: '现有主密钥无法打开已保存的密钥信息:请恢复当时使用的主密钥,或重新填写该连接的全部密钥信息',
};

type Form =
  | {
      readonly kind: 'valid';
      readonly settings: Record<string, unknown>;
      readonly credentials: Record<string, unknown>;
    }
  | { readonly kind: 'invalid'; readonly problems: readonly FormProblem[] };

interface Filled extends Pick<NewConnection, 'settings' | 'credentials'> {
  /** The settings that are there already. */
  readonly before: Record<string, unknown>;
}

function readForm(
  { mappings, allowPrivate }: ServiceDependencies,
  { definition }: Connector,
  { settings, credentials, before }: Filled,
): Form {
  const s = definition.settings.safeParse(settings ?? {});
  const c = definition.credentials.safeParse(credentials ?? {});
  if (s.success && c.success) {
    const problem = mappingProblem(mappings, definition.name, s.data);
    if (problem !== null) return { kind: 'invalid', problems: [problem] };
    const guard = addressGuard(allowPrivate);
    const closed = closedUrls(definition.settings, { settings: s.data, before }, guard);
    if (closed.length > 0) return { kind: 'invalid', problems: closed };
    return { kind: 'valid', settings: s.data, credentials: c.data };
  }
  return {
    kind: 'invalid',
    problems: [
      ...problemsOf('settings', s, definition.settings),
      ...problemsOf('credentials', c, definition.credentials),
    ],
  };
}

/** Without its mapping a connection would be left out, and nobody would be told. */
function mappingProblem(
  mappings: MappingLibrary,
  connector: string,
  settings: Record<string, unknown>,
): FormProblem | null {
  if (mappingsFor(mappings, connector, settings) !== null) return null;
  const { mapping } = settings;
  const folder = `mappings/${connector}/${typeof mapping === 'string' ? mapping : ''}`;
  const message = `there is no ${folder}: put it into HUBBUB_CONFIG_DIR and start the hub again`;
  return { field: 'settings.mapping', message };
}

function problemsOf(
  part: string,
  parsed: z.ZodSafeParseResult<unknown>,
  schema: z.ZodObject,
): readonly FormProblem[] {
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const { path } = issue;
    const top = schema.shape[String(path[0])] as z.ZodType | undefined;
    const label = top === undefined ? undefined : fieldMeta(top)?.label;
    const { en, zh } = mistakeOf(issue);
    const why =
      label === undefined ? { en, zh } : { en: `${label.en}: ${en}`, zh: `${label.zh}:${zh}` };
    return { field: [part, ...path].join('.'), message: why.en, why };
  });
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** A readable id from the name; ids of removed connections are never given again. */
async function freeId({ store }: ServiceDependencies, name: string): Promise<string> {
  const slug =
    name
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40) || 'connection';
  const taken = await store.read(() => connectionById(slug));
  return taken === undefined ? slug : `${slug}-${randomBytes(3).toString('hex')}`;
}
