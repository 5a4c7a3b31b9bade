import { onPostgres } from '../database.js';
import { openDesk, type Desk } from '../journeys/desk.js';
import { HELP, openMailRoom, type MailRoom } from '../journeys/mail-room.js';
import { connectShop, type Shop } from '../journeys/shop-floor.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.js';

/** A full disk: nothing is acknowledged that is not kept, and the hub goes on by itself. */

const KIBIBYTE = 1024;
/** Room for the database, its log of 4 MiB and the copy of both that a start makes. */
const DISK_MEBIBYTES = 40;

const mounted = onPostgres
  ? ({ kind: 'impossible', why: 'the database is not on the disk of the hub' } as const)
  : mountSmallDisk(DISK_MEBIBYTES);
// Says why it is left out; CI runs as root and never leaves it out on the embedded database.
if (mounted.kind === 'impossible') process.stdout.write(`full disk: skipped, ${mounted.why}\n`);
const onSmallDisk = mounted.kind === 'mounted' ? describe : describe.skip;

onSmallDisk('on a disk that fills up', () => {
  const { disk } = mounted as { readonly disk: SmallDisk };
  let desk: Desk;
  let shop: Shop;
  let mail: MailRoom;

  beforeAll(async () => {
    desk = await openDesk({ env: { HUBBUB_DATA_DIR: `${disk.folder}/data` } });
    shop = await connectShop(desk, { shop: { retryPausesMs: [] } });
    mail = await openMailRoom(desk, { wayIn: 'listener', provider: { retryPausesMs: [] } });
  });
  afterEach(() => disk.free());
  afterAll(async () => {
    await desk.end();
    await Promise.all([shop.close(), mail.close()]);
    disk.remove();
  });

  /** One telling; the same id is the same message, however often it is told. */
  const tell = (id: string, text: string) =>
    shop.send({ id, conversation: id, customer: { id }, text }, { id: `msg_${id}` });

  test('webhooks are refused with 503 and the reason, and nothing acknowledged is lost', async () => {
    const words = (n: number): string => `before, while and after the disk was full: ${n};`;
    const ids = Array.from({ length: 400 }, (_, n) => n);
    disk.fill(2 * 1024 * KIBIBYTE);
    const refused: number[] = [];
    for (const n of ids) {
      const { acknowledged, attempts } = await tell(`m${n}`, words(n));
      if (acknowledged) continue;
      refused.push(n);
      expect(attempts[0]).toMatchObject({
        status: 503,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '5' },
      });
      expect(JSON.parse(attempts[0]?.body.toString() ?? '')).toMatchObject({ code: 'HUB_207' });
      if (refused.length >= 20) break;
    }
    expect(refused).toHaveLength(20);
    const kept = ids.slice(0, refused.at(-1)).filter((n) => !refused.includes(n));
    expect(kept.length).toBeGreaterThan(0);
    process.stdout.write(`full disk: ${kept.length} kept, then ${refused.length} refused\n`);

    disk.free();
    // By itself: nobody tells anything new.
    for (const n of kept) await desk.ticketSaying(words(n));
    for (const n of refused) expect(await desk.ticketsSaying(words(n))).toEqual([]);
    for (const n of refused) expect((await tell(`m${n}`, words(n))).acknowledged).toBe(true);
    for (const n of [...kept, ...refused]) {
      const { number } = await desk.ticketSaying(words(n));
      expect(await desk.messages(number)).toHaveLength(1);
    }
  }, 120_000);

  test('a large body and an agent’s answer are refused in the same words, and reading goes on', async () => {
    await tell('reader', 'who reads while the disk is full');
    const { number } = await desk.ticketSaying('who reads while');
    const large = `a long story: ${'x'.repeat(200 * KIBIBYTE)}`;
    disk.fill(0);
    const { attempts } = await tell('large', large);
    expect(JSON.parse(attempts[0]?.body.toString() ?? '')).toMatchObject({ code: 'HUB_207' });
    const answered = await desk.hub.api('POST', `/tickets/${number}/replies`, { text: 'Wait' });
    expect(answered).toMatchObject({ status: 503, body: { code: 'HUB_207' } });
    expect(await desk.messages(number)).toHaveLength(1);
    disk.free();
    expect((await tell('large', large)).acknowledged).toBe(true);
    await desk.settled(await desk.reply(number, 'Thank you for waiting.'), 'sent');
    expect(shop.answers()).toEqual(['Thank you for waiting.']);
  });

  test('the listener answers 4xx, so that the mail comes again', async () => {
    const customer = mail.customer('patient@example.com', 'Zhang Wei');
    const letter = { to: HELP, subject: 'Kettle', messageId: '<patient@example.com>' };
    disk.fill(0);
    const { attempts } = await customer.write({ ...letter, text: 'a mail to a full disk' });
    expect(attempts).toMatchObject([{ code: 451 }]);
    disk.free();
    const again = await customer.write({ ...letter, text: 'a mail to a full disk' });
    expect(again.acknowledged).toBe(true);
    const { number } = await desk.ticketSaying('a mail to a full disk');
    expect(await desk.messages(number)).toHaveLength(1);
  });
});
