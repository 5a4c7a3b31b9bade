import { createConnection } from 'node:net';
import { ADMIN_TOKEN, until } from '../hub.js';
import { as, draft, openStage, tell, type Page } from './platform.js';

const { hub, shop, end } = await openStage();
afterAll(end);

interface Heard {
  readonly id: number;
  readonly type: string;
  readonly data: { readonly ticket: number; readonly data: Record<string, unknown> };
}

interface Listener {
  readonly heard: Heard[];
  stop(): Promise<void>;
}

/** Reads the stream as a browser would. */
async function listen(query = '', headers: Record<string, string> = {}): Promise<Listener> {
  const abort = new AbortController();
  const answer = await fetch(`${hub.url}/api/v1/events${query}`, {
    headers: { ...as(ADMIN_TOKEN), ...headers },
    signal: abort.signal,
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  const heard: Heard[] = [];
  const reading = read(answer, heard).catch(() => undefined);
  return {
    heard,
    async stop() {
      abort.abort();
      await reading;
    },
  };
}

async function read(answer: Response, heard: Heard[]): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  if (answer.body === null) return;
  for await (const chunk of answer.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string | undefined =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const [id, type, data] = [field('id'), field('event'), field('data')];
      if (id === undefined || type === undefined || data === undefined) continue;
      heard.push({ id: Number(id), type, data: JSON.parse(data) as Heard['data'] });
    }
  }
}

const numbers = (listener: Listener): readonly number[] => listener.heard.map(({ id }) => id);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

test('what happens is heard live, in order, with its number', async () => {
  const live = await listen();
  const ticket = await tell(hub, shop, 'live');
  await hub.api('PATCH', `/tickets/${ticket.number}`, { assignee: 'anna' });
  await until('the change', async () => live.heard.some(({ type }) => type === 'changed'));
  expect(live.heard.map(({ type }) => type)).toEqual(['opened', 'changed']);
  expect(live.heard[1]?.data).toMatchObject({
    ticket: ticket.number,
    author: 'first admin',
    data: { assignee: 'anna' },
  });
  await live.stop();
});

test('whoever resumes hears the rest once, without gaps, while more is happening', async () => {
  const telling = Array.from({ length: 30 }, (_, i) =>
    hub.api('POST', '/messages', draft(shop, `resume-${i}`)),
  );
  const fromTheStart = await listen('?after=0');
  await Promise.all(telling);
  const total = await until('all thirty', async () => {
    const opened = fromTheStart.heard.filter(({ type }) => type === 'opened');
    return opened.length >= 31 && Math.max(...numbers(fromTheStart));
  });
  expect(numbers(fromTheStart).slice(0, total)).toEqual(upTo(total));
  const resumed = await listen('', { 'last-event-id': '5' });
  await until('the rest', async () => numbers(resumed).includes(total));
  expect(numbers(resumed)).toEqual(upTo(total).slice(5));
  await Promise.all([fromTheStart.stop(), resumed.stop()]);
});

test('a number that is none is refused', async () => {
  const answer = await fetch(`${hub.url}/api/v1/events`, {
    headers: { ...as(ADMIN_TOKEN), 'last-event-id': 'x' },
  });
  expect(answer.status).toBe(400);
  expect((await hub.api('GET', '/events?after=-1')).status).toBe(400);
});

test('a reader that takes nothing delays nobody else', async () => {
  const socket = createConnection(Number(new URL(hub.url).port), '127.0.0.1');
  socket.pause();
  socket.write(
    `GET /api/v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n\r\n`,
  );
  const quick = await listen();
  await hub.api(
    'POST',
    '/messages',
    Array.from({ length: 200 }, (_, i) =>
      draft(shop, `slow-${i}`, { subject: 'x'.repeat(1_900), text: 'y'.repeat(5_000) }),
    ),
  );
  await until('two hundred tickets', async () => quick.heard.length >= 200);
  const { items } = (await hub.api('GET', '/tickets?limit=1')).body as Page<object>;
  expect(items).toHaveLength(1);
  socket.destroy();
  await quick.stop();
});
