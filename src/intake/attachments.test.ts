import { createCourier } from '../../test/courier.js';
import { openMatching } from './matching.js';
import { defaultRules } from '../../test/rules.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { contentType, fetchAttachments, type AttachmentDependencies } from './attachments.js';
import { DAY, HOUR, MINUTE, SECOND } from '../model/time.js';
import type { Connector, Fetched } from '../sdk/treaty.js';
import { run } from '../store/work.js';
import { createReceive } from './receive.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const MOST_BYTES = 1_000;

let shop: Workshop;
let deps: AttachmentDependencies;
let answers: (Fetched | Error)[];
let asked: string[];
beforeEach(async () => {
  shop = await openWorkshop();
  answers = [];
  asked = [];
  deps = {
    ...{ ...shop, live: shop.sending.live, bytes: MOST_BYTES, timeout: 10_000 },
    matching: { samePersonWithin: 0 },
    apart: { attachmentOf: () => Promise.reject(new Error('nothing is read apart here')) },
  };
});
afterEach(() => shop.end());

/** A connection whose platform answers with `answers`, and a message that names the photo. */
async function photoArrives(parts: Partial<Connector> = {}): Promise<void> {
  const fetchAttachment = async (ref: string): Promise<Fetched> => {
    asked.push(ref);
    const next = answers.shift() ?? { kind: 'transient', why: 'still busy' };
    if (next instanceof Error) throw next;
    return next;
  };
  await shop.connect('a', createCourier({ parts, live: () => ({ fetchAttachment }) }));
  await shop.file({
    attachments: [{ ref: 'photo', name: 'photo.exe', type: 'application/x-exe' }],
  });
}

const file = (bytes: Buffer): Fetched => ({
  kind: 'file',
  file: { name: null, type: null, bytes },
});

interface Seen {
  readonly state: string;
  readonly type: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
  readonly reason: string | null;
  readonly attempts: number;
  readonly due_at: number;
}
async function attachment(): Promise<Seen> {
  const [row] = await shop.rows<Seen>('SELECT * FROM attachments');
  if (row === undefined) throw new Error('there is no attachment');
  return row;
}

test('is fetched, kept by its content, and typed by what it is, whatever its name says', async () => {
  await photoArrives();
  answers.push(file(PNG));
  await fetchAttachments(deps);
  const row = await attachment();
  expect(row).toMatchObject({ state: 'stored', type: 'image/png', size: PNG.length });
  expect((await shop.blobs.get(row.sha256 ?? '')).equals(PNG)).toBe(true);
  await fetchAttachments(deps);
  expect(asked).toEqual(['photo']);
});

test('that is a picture has its ticket matched again, where complaints are compared by evidence', async () => {
  const due = () => shop.rows('SELECT ticket_id FROM tellings WHERE due = 1');
  await photoArrives();
  answers.push(file(PNG));
  await fetchAttachments({ ...deps, matching: openMatching(defaultRules()) });
  expect(await due()).toEqual([{ ticket_id: 1 }]);
});

test('that is a picture costs nothing more where nobody would compare it', async () => {
  await photoArrives();
  answers.push(file(PNG));
  await fetchAttachments(deps);
  expect(await shop.rows('SELECT ticket_id FROM tellings')).toEqual([]);
});

test('that the platform does not have any more is expired, and nobody asks again', async () => {
  await photoArrives();
  answers.push({ kind: 'expired', why: 'kept for three days' });
  await fetchAttachments(deps);
  shop.clock.pass(DAY);
  await fetchAttachments(deps);
  expect(await attachment()).toMatchObject({ state: 'expired', reason: 'kept for three days' });
  expect(asked).toHaveLength(1);
});

test('that cannot be fetched now is tried eight times with growing pauses, then failed', async () => {
  await photoArrives();
  answers.push(new Error('socket hang up'));
  const pauses: number[] = [];
  for (let tries = 0; tries < 7; tries += 1) {
    await fetchAttachments(deps);
    pauses.push((await attachment()).due_at - shop.clock.now());
    shop.clock.set((await attachment()).due_at);
  }
  expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128].map((seconds) => seconds * SECOND));
  await fetchAttachments(deps);
  expect(await attachment()).toMatchObject({ state: 'failed', reason: 'still busy' });
  expect(asked).toHaveLength(8);
});

test('waits while its connection is not open, and no try is counted', async () => {
  await photoArrives();
  shop.setOpen('a', false);
  for (let hour = 0; hour < 48; hour += 1) {
    await fetchAttachments(deps);
    shop.clock.pass(HOUR);
  }
  expect(await attachment()).toMatchObject({ state: 'pending', attempts: 0 });
  shop.setOpen('a', true);
  answers.push(file(PNG));
  await fetchAttachments(deps);
  expect((await attachment()).state).toBe('stored');
});

test('larger than allowed is not kept and says how large it is', async () => {
  await photoArrives();
  answers.push(file(Buffer.alloc(MOST_BYTES + 1)));
  await fetchAttachments(deps);
  const { state, reason } = await attachment();
  expect([state, reason]).toEqual(['failed', 'the file has 1001 bytes, at most 1000 are kept']);
});

test('of a connection that was removed is expired', async () => {
  await photoArrives();
  await fetchAttachments({ ...deps, find: () => undefined });
  expect(await attachment()).toMatchObject({ state: 'expired' });
});

test('that never comes to an end is left after a while', async () => {
  await photoArrives();
  const live = { ...deps.live('a'), fetchAttachment: () => new Promise<Fetched>(() => undefined) };
  await fetchAttachments({ ...deps, live: () => live as never, timeout: 20 });
  expect((await attachment()).reason).toContain('20 ms');
});

test('that travels in its envelope is taken from there', async () => {
  const inside: Connector['attachment'] = async ({ body }, ref) =>
    ref === 'photo' ? { name: 'inside.png', type: null, bytes: body } : null;
  await photoArrives({ attachment: inside });
  await createReceive(shop)('a', [{ key: 'e', body: PNG, type: '', notes: {}, query: '' }]);
  await shop.write(() => run('UPDATE attachments SET envelope_id = 1'));
  await fetchAttachments(deps);
  expect(await attachment()).toMatchObject({ state: 'stored', type: 'image/png' });
  expect(asked).toEqual([]);
});

test('that two processes look for at once is fetched by one of them; while that one sleeps by the other', async () => {
  await photoArrives();
  answers.push({ kind: 'transient', why: 'busy' }, file(PNG));
  await Promise.all([fetchAttachments(deps), fetchAttachments(deps)]);
  expect(asked).toHaveLength(1);
  // The process that claimed it falls asleep while it fetches.
  shop.clock.pass(MINUTE);
  let wakeUp = (_late: Fetched): void => undefined;
  const asleep = new Promise<Fetched>((resolve) => (wakeUp = resolve));
  let late: Promise<void> = Promise.resolve();
  await new Promise<void>((begun) => {
    const fetchAttachment = (): Promise<Fetched> => (begun(), asleep);
    const live = { ...deps.live('a'), fetchAttachment } as never;
    late = fetchAttachments({ ...deps, live: () => live });
  });
  await fetchAttachments(deps);
  expect(asked).toHaveLength(1);
  shop.clock.pass(HOUR);
  await fetchAttachments(deps);
  wakeUp({ kind: 'expired', why: 'the platform has thrown it away since' });
  await late;
  expect(await attachment()).toMatchObject({ state: 'stored', type: 'image/png' });
});

test('that travels in an envelope which is read apart is read apart as well, and not again when it cannot be', async () => {
  const threads: string[] = [];
  await photoArrives({ attachment: () => Promise.reject(new Error('this is the wrong thread')) });
  await createReceive(shop)('a', [{ key: 'e', body: PNG, type: '', notes: {}, query: '' }]);
  await shop.write(() => run('UPDATE attachments SET envelope_id = 1'));
  const present = shop.find('a');
  if (present === undefined) throw new Error('connect first');
  const definition = { ...present.connector.definition, decoding: 'apart' as const };
  const connected = { ...present, connector: { ...present.connector, definition } };
  const apart: AttachmentDependencies['apart'] = {
    attachmentOf: async (connector, { body }, ref) => {
      threads.push(`${connector} ${String(body.length)} ${ref}`);
      return { kind: 'unreadable', why: 'it took longer than allowed' };
    },
  };
  await fetchAttachments({ ...deps, apart, find: () => connected });
  expect(threads).toEqual([`${definition.name} ${PNG.length} photo`]);
  const { state, reason } = await attachment();
  expect([state, reason]).toEqual(['failed', 'it took longer than allowed']);
});

describe('a file that no magic number names', () => {
  test.each([
    ['words', 'text/plain', Buffer.from('订单号 A1')],
    ['a web page', 'text/plain', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['zeros', 'application/octet-stream', Buffer.from([65, 0, 66])],
    ['no UTF-8', 'application/octet-stream', Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 0xe2])],
  ])('of %s is %s', (_what, type, bytes) => {
    expect(contentType(bytes)).toBe(type);
  });
});
