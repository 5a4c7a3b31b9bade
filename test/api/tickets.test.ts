import { startTestHub, until, type TestHub } from '../hub.js';
import type { Ticket } from '../../src/model/ticket.js';
import { connect, draft, openPlatform, type Platform } from './platform.js';

let hub: TestHub;
let platform: Platform;
let shop: string;
beforeAll(async () => {
  [hub, platform] = await Promise.all([startTestHub(), openPlatform()]);
  shop = await connect(hub, platform);
});
afterAll(async () => {
  await hub.end();
  await platform.close();
});

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

const list = async (query: string): Promise<Page<Ticket>> =>
  (await hub.api('GET', `/tickets?${query}`)).body;

/** Pushes one message and waits for its ticket. */
async function tell(id: string, more: Readonly<Record<string, unknown>> = {}): Promise<Ticket> {
  const pushed = await hub.api('POST', '/messages', draft(shop, id, more));
  expect(pushed.status).toBe(202);
  const words = encodeURIComponent(String(more['text'] ?? `kettle ${id} is`));
  return until(`the ticket of ${id}`, async () => (await list(`q=${words}`)).items[0]);
}

test('a pushed message becomes a ticket in the one format', async () => {
  const ticket = await tell('format');
  expect(ticket).toMatchObject({
    version: 1,
    group: 'default',
    status: 'new',
    subject: 'Matter format',
    person: { name: 'Li Wei' },
    counts: { in: 1, out: 0, notes: 0 },
    lastMessage: { direction: 'in', excerpt: 'The kettle format is broken' },
    mergedInto: null,
  });
  expect(ticket.conversations).toMatchObject([
    { connection: shop, handle: 'customer-format', replyWindow: { open: true, closesAt: null } },
  ]);
  expect(ticket.members).toMatchObject([{ number: ticket.number, why: null }]);
});
