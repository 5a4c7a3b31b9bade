import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDesk, type Desk } from './desk.js';
import { HELP, openMailRoom, type MailRoom } from './mail-room.js';
import { connectPhones, PUBLIC_URL, type PhoneCompany } from './phone-company.js';
import { connectShop, type Shop } from './shop-floor.js';

/** One person on two channels: by proof they are one complaint, and two again when an agent says so. */

/** A shop whose customers are logged in: it vouches for their mail addresses. */
const LOGGED_IN = {
  'message.yaml': `mapping: webhook/logged-in
version: 1
root: body.data
kind: message
fields:
  id: id
  conversation: thread
  sender:
    handle: customer.id
    name: customer.name
    identities:
      - { kind: email, value: customer.email, proof: proven }
  text: text
`,
  'message.test.yaml': `cases:
  - name: the customer is who they logged in as
    input: { body: { data: { id: m, thread: t, customer: { id: c, email: a@b.example }, text: x } } }
    expect: { kind: message, sender: { identities: [{ kind: email, proof: proven }] } }
`,
};

let folder: string;
let desk: Desk;
let mail: MailRoom;
let shop: Shop;
let phones: PhoneCompany;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-config-'));
  const mappings = join(folder, 'mappings', 'webhook', 'logged-in');
  mkdirSync(mappings, { recursive: true });
  for (const [name, text] of Object.entries(LOGGED_IN)) writeFileSync(join(mappings, name), text);
  const env = { HUBBUB_CONFIG_DIR: folder, HUBBUB_PUBLIC_URL: PUBLIC_URL };
  desk = await openDesk({ env });
  mail = await openMailRoom(desk);
  shop = await connectShop(desk, { settings: { mapping: 'logged-in' }, hubUrl: PUBLIC_URL });
  phones = await connectPhones(desk, { numbers: ['+15550002222', '+15550003333'] });
});
afterAll(async () => {
  await desk.end();
  await Promise.all([mail.close(), shop.close(), phones.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A mail customer who has proven their address by answering us. */
async function provenByMail(address: string, words: string): Promise<number> {
  const customer = mail.customer(address, '王芳');
  await customer.write({ to: HELP, subject: 'Kettle', text: words });
  const { number } = await desk.ticketSaying(words);
  await desk.settled(await desk.reply(number, 'Which kettle is it?'), 'sent');
  desk.clock.pass(2_000); // mails are dated to the second
  await customer.reply(await mail.nthMail(customer, 1), { text: `the red one (${words})` });
  await desk.messagesOnce(number, 'the proof', (seen) => seen.length === 3);
  return number;
}

const complainInShop = (email: string, text: string): Promise<unknown> =>
  shop.complain({ thread: `chat of ${email}`, customer: { id: email, email, name: '王芳' }, text });

test('who proved the same address by mail and in the shop has one ticket, with the reason, and two again', async () => {
  const root = await provenByMail('wang@example.com', 'my red kettle leaks');
  await complainInShop('wang@example.com', 'the leaking kettle, told again in the shop');
  const told = await desk.ticketSaying('told again in the shop');
  expect(told.number).toBe(root);
  expect(told.members).toHaveLength(2);
  const member = told.members.find(({ number }) => number !== root)?.number ?? 0;
  expect(told).toMatchObject({
    counts: { in: 3, out: 1 },
    members: [
      { number: root, why: null },
      { channel: 'webhook', why: { decision: 'same' } },
    ],
  });
  expect(await desk.duplicates(root)).toMatchObject([
    {
      ticket: member,
      decision: 'same',
      author: 'hubbub',
      merged: true,
      evidence: expect.arrayContaining([expect.objectContaining({ kind: 'emailSame' })]) as unknown,
    },
  ]);
  const redirected = await desk.hub.api('GET', `/tickets/${member}`);
  expect(redirected.status).toBe(307);
  expect(redirected.headers.get('location')).toBe(`/api/v1/tickets/${root}`);

  // The answer goes where the customer spoke last, and only there.
  const reply = await desk.reply(root, 'We have your new kettle ready.');
  await desk.settled(reply, 'sent');
  expect(reply.ticket).toBe(member);
  expect(shop.answers()).toEqual(['We have your new kettle ready.']);
  expect(await mail.customer('wang@example.com').inbox()).toHaveLength(1);

  const preview = await desk.hub.api('POST', `/tickets/${member}/unmerge`, { preview: true });
  expect(preview.body).toMatchObject({ preview: true, ticket: { number: member } });
  expect(await desk.ticket(root)).toMatchObject({ counts: { in: 3, out: 2 } });
  const parted = await desk.hub.api('POST', `/tickets/${member}/unmerge`);
  expect(parted.status).toBe(200);
  expect(await desk.ticket(root)).toMatchObject({
    counts: { in: 2, out: 1 },
    members: [{ number: root }],
  });
  expect(await desk.ticket(member)).toMatchObject({
    mergedInto: null,
    counts: { in: 1, out: 1 },
    members: [{ number: member }],
  });
  expect((await desk.messages(member)).map(({ channel }) => channel)).toEqual([
    'webhook',
    'webhook',
  ]);

  // Told apart, they stay apart, whoever writes next.
  await complainInShop('wang@example.com', 'one more word in the shop');
  expect((await desk.ticketSaying('one more word in the shop')).number).toBe(member);
  expect((await desk.ticket(root)).members).toHaveLength(1);
});

test('a claimed address merges nothing by itself: an agent is asked', async () => {
  const words = 'a mail that only claims its address';
  await mail.customer('claimed@example.com').write({ to: HELP, subject: 'x', text: words });
  const { number } = await desk.ticketSaying(words);
  await complainInShop('claimed@example.com', 'the shop knows the address, the mail claims it');
  const other = await desk.ticketSaying('the mail claims it');
  expect(other.number).not.toBe(number);
  const decided = (await desk.duplicates(number)) as readonly { readonly decision: string }[];
  expect(decided.map(({ decision }) => decision)).toEqual(['possible']);
});

test('longer ago than the window it is a complaint of its own', async () => {
  const earlier = await provenByMail('later@example.com', 'a kettle of last month');
  desk.clock.pass(15 * 24 * 3_600_000);
  await complainInShop('later@example.com', 'another kettle of this month');
  const now = await desk.ticketSaying('another kettle of this month');
  expect(now.number).not.toBe(earlier);
});

test('one phone that writes to two numbers of ours is one complaint, answered from the number it wrote to last', async () => {
  const customer = phones.customer('+15550009999');
  await customer.text('first to the old number: the blue kettle of order KD20261101774 leaks');
  const { number } = await desk.ticketSaying('first to the old number');
  desk.clock.pass(1_000);
  await customer.text('then to the new number: my kettle leaks, order KD20261101774', {
    to: '+15550003333',
  });
  const told = await desk.ticketSaying('then to the new number');
  expect(told).toMatchObject({ number, members: [{ number }, { why: { decision: 'same' } }] });
  await desk.settled(await desk.reply(number, 'Heard you twice.'), 'delivered');
  expect(customer.inbox).toMatchObject([{ from: '+15550003333', body: 'Heard you twice.' }]);
});
