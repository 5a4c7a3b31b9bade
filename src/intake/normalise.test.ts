import { createCourier, refineAsIs, type Courier } from '../../test/courier.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { normalise, type NormaliseDependencies } from './normalise.js';
import { createReceive, INLINE_BODY_BYTES } from './receive.js';
import { MINUTE, SECOND } from '../model/time.js';
import type { Connector } from '../sdk/treaty.js';
import { replayEnvelope } from '../store/envelopes.js';
import { run } from '../store/work.js';

let shop: Workshop;
let deps: NormaliseDependencies;
const woken: string[] = [];
beforeEach(async () => {
  shop = await openWorkshop();
  woken.length = 0;
  deps = {
    ...shop,
    wake: (connection, hint) => void woken.push(`${connection}: ${hint}`),
    apart: {
      draftsOf: () => Promise.reject(new Error('not here')),
      close: () => Promise.resolve(),
    },
    crashpoint: () => undefined,
  };
});
afterEach(() => shop.end());

const connect = (parts: Partial<Connector> = {}): Promise<Courier> =>
  shop.connect('a', createCourier({ parts }));

/** One envelope with this body, read by the stage. */
async function arrives(key: string, body: unknown): Promise<void> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  await createReceive(shop)('a', [
    { key, body: Buffer.from(text), type: '', notes: {}, query: '' },
  ]);
}

interface SeenEnvelope {
  readonly state: number;
  readonly reason: string | null;
  readonly remarks: string | null;
  readonly attempts: number;
}
const envelope = async (key: string): Promise<SeenEnvelope | undefined> =>
  (await shop.rows<SeenEnvelope>('SELECT * FROM envelopes WHERE key = ?', key))[0];
const drafts = async (): Promise<readonly string[]> =>
  (await shop.rows<{ draft_id: string }>('SELECT draft_id FROM drafts ORDER BY id')).map(
    ({ draft_id }) => draft_id,
  );

const fact = (id: string, more: object = {}): object => ({
  ...{ id, conversation: 't', from: 'zhang', text: 'hello' },
  ...more,
});

test('an envelope becomes its drafts, which bear the mapping that made them', async () => {
  await connect();
  await arrives('e1', [fact('m1'), fact('m2')]);
  await normalise(deps);
  expect(await drafts()).toEqual(['m1', 'm2']);
  expect((await envelope('e1'))?.state).toBe(1);
  const [row] = await shop.rows<{ mapping: string }>('SELECT mapping FROM drafts');
  expect(row?.mapping).toMatch(/^courier\/message@1#[0-9a-f]+$/);
  expect(shop.queue.rung).toContain('file');
});

test('a body in the blob store is read from there', async () => {
  await connect();
  await arrives('large', [fact('m1', { text: 'x'.repeat(2 * INLINE_BODY_BYTES) })]);
  await normalise(deps);
  expect(await drafts()).toEqual(['m1']);
});

test('what cannot be read goes to quarantine with its reason, and the bytes stay', async () => {
  await connect();
  await arrives('cut', '[{"id": "m1", "conv');
  await arrives('fine', [fact('m2')]);
  await normalise(deps);
  const cut = await envelope('cut');
  expect(cut?.state).toBe(2);
  expect(cut?.reason).toContain('JSON');
  expect(await drafts()).toEqual(['m2']);
  const [row] = await shop.rows<{ size: number }>("SELECT size FROM envelopes WHERE key = 'cut'");
  expect(row?.size).toBe('[{"id": "m1", "conv'.length);
});

test('a part that cannot be read keeps the others: they are filed, the envelope says what is missing', async () => {
  await connect();
  await arrives('half', [fact('m1'), { nonsense: true }, fact('m3')]);
  await normalise(deps);
  expect(await drafts()).toEqual(['m1', 'm3']);
  expect((await envelope('half'))?.state).toBe(2);
});

test('a replay after a mend files the rest only', async () => {
  await connect();
  await arrives('half', [fact('m1'), { nonsense: true }]);
  await normalise(deps);
  const [row] = await shop.rows<{ id: number }>('SELECT id FROM envelopes');
  await connectAgain({ refine: (draft) => draft, decode: mended });
  await shop.write(() => replayEnvelope(row?.id ?? 0));
  await normalise(deps);
  expect(await drafts()).toEqual(['m1', 'm2']);
  expect(await envelope('half')).toMatchObject({ state: 1, reason: null });
});

const mended: Connector['decode'] = () => ({
  kind: 'raws',
  raws: [{ body: fact('m1') }, { body: fact('m2') }],
  remarks: [],
});

/** The same connection with a mended connector. */
async function connectAgain(parts: Partial<Connector>): Promise<void> {
  const present = shop.find('a');
  if (present === undefined) throw new Error('connect first');
  const { connector } = createCourier({ parts });
  deps = { ...deps, find: () => ({ ...present, connector }) };
}

/** The connection of this test, with its envelopes read apart by `draftsOf`. */
function readApart(draftsOf: NormaliseDependencies['apart']['draftsOf']): void {
  const present = shop.find('a');
  if (present === undefined) throw new Error('connect first');
  const definition = { ...present.connector.definition, decoding: 'apart' as const };
  const connector = { ...present.connector, definition };
  deps = { ...deps, find: () => ({ ...present, connector }), apart: { ...deps.apart, draftsOf } };
}

test('a reader that breaks is tried five times with growing pauses, then the envelope is kept with the stack', async () => {
  await connect();
  readApart(() => Promise.reject(new Error('cannot read properties of null')));
  await arrives('bug', [fact('m1')]);
  for (let tries = 1; tries <= 5; tries += 1) {
    expect((await envelope('bug'))?.state).toBe(0);
    await normalise(deps);
    await normalise(deps);
    expect((await envelope('bug'))?.attempts).toBe(Math.min(tries, 4));
    shop.clock.pass(tries * SECOND);
  }
  expect(await envelope('bug')).toMatchObject({ state: 2 });
  expect((await envelope('bug'))?.reason).toContain('cannot read properties of null');
});

test('a hint wakes the pump of its connection with what it says', async () => {
  await connect({ decode: () => ({ kind: 'wake', hint: 'mailbox 7' }) });
  await arrives('hint', '{}');
  await normalise(deps);
  expect(woken).toEqual(['a: mailbox 7']);
  expect((await envelope('hint'))?.state).toBe(1);
});

test('remarks of the reader stand on the envelope', async () => {
  await connect({
    refine: refineAsIs,
    decode: () => ({
      kind: 'raws',
      raws: [{ body: fact('m1') }],
      remarks: ['two characters were replaced'],
    }),
  });
  await arrives('e1', '{}');
  await normalise(deps);
  expect(JSON.parse((await envelope('e1'))?.remarks ?? '[]')).toContain(
    'two characters were replaced',
  );
});

test('an envelope of a connection that was removed is kept and says so', async () => {
  await connect();
  await arrives('e1', [fact('m1')]);
  await normalise({ ...deps, find: () => undefined });
  const kept = await envelope('e1');
  expect(kept?.state).toBe(2);
  expect(kept?.reason).toContain('does not exist any more');
});

test('a draft that the database refuses does not hold up the other envelopes', async () => {
  await connect();
  const drafts = (key: string): unknown => (key === 'bad' ? [{ draft: null, mapping: null }] : []);
  readApart((_connector, _mappings, _account, { key }) =>
    Promise.resolve({
      ...{ kind: 'drafts', remarks: [], quarantine: null },
      drafts: drafts(key) as [],
    }),
  );
  for (const key of ['good', 'bad', 'also good']) await arrives(key, '[]');
  for (let tries = 1; tries <= 5; tries += 1) {
    await normalise(deps);
    shop.clock.pass(MINUTE);
  }
  const states = ['good', 'bad', 'also good'].map(async (key) => (await envelope(key))?.state);
  expect(await Promise.all(states)).toEqual([1, 2, 1]);
});

test('large envelopes are read a few at a time, one that is larger than a portion alone', async () => {
  await connect();
  const portions: number[] = [];
  let reading = 0;
  readApart(async () => {
    reading += 1;
    await new Promise(setImmediate);
    portions.push(reading);
    await new Promise(setImmediate);
    reading = 0;
    return { kind: 'drafts', drafts: [], remarks: [], quarantine: null };
  });
  for (const key of ['m1', 'm2', 'm3', 'm4', 'm5']) await arrives(key, '[]');
  await sized('m1', 9 * MEBI);
  await sized('m2', 9 * MEBI);
  await sized('m4', 20 * MEBI);
  await normalise(deps);
  expect(portions).toEqual([1, 2, 2, 1, 1]);
});

const MEBI = 1024 * 1024;
/** The stage believes the row, so that no test moves megabytes. */
async function sized(key: string, bytes: number): Promise<void> {
  await shop.write(() => run('UPDATE envelopes SET size = ? WHERE key = ?', bytes, key));
}

test('one that is read for long holds up neither what was read beside it nor what comes after it', async () => {
  await connect();
  const inline = shop.find('a');
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const nothing = { kind: 'drafts', drafts: [], remarks: [], quarantine: null } as const;
  readApart(async (_connector, _mappings, _account, { key }) => {
    if (key === 'heavy') await held;
    return nothing;
  });
  const apart = deps.find('a');
  deps = { ...deps, find: (id) => (id === 'a' ? inline : apart) };
  await shop.connect('b');
  for (const key of ['heavy', 'light']) await arrives(key, '[]');
  await shop.write(() => run("UPDATE envelopes SET connection_id = 'b'"));
  const ending = normalise(deps);
  await seen(async () => (await envelope('light'))?.state === 1);
  await arrives('late', [fact('m1')]);
  await seen(async () => (await drafts()).includes('m1'));
  expect((await envelope('heavy'))?.state).toBe(0);
  release();
  await ending;
  expect((await envelope('heavy'))?.state).toBe(1);
});

/** Returns when it has come true; a test that waits in vain runs into its limit. */
async function seen(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('an envelope that is read apart holds up no other one', async () => {
  await connect();
  const inline = shop.find('a');
  const keptMeanwhile: (readonly string[])[] = [];
  readApart(async () => {
    keptMeanwhile.push(await drafts());
    return { kind: 'drafts', drafts: [], remarks: [], quarantine: null };
  });
  const apart = deps.find('a');
  deps = { ...deps, find: (id) => (id === 'a' ? inline : apart) };
  await shop.connect('b');
  await arrives('slow', '[]');
  await shop.write(() => run("UPDATE envelopes SET connection_id = 'b' WHERE key = 'slow'"));
  await arrives('quick', [fact('m1')]);
  await normalise(deps);
  expect(keptMeanwhile).toEqual([['m1']]);
});
