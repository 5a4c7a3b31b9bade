import {
  answer,
  createScript,
  duplicate,
  resetWithoutAnswer,
  tamper,
  type AnswerFault,
} from '../faults.js';
import { emptyAnswer } from '../http/answer.js';
import { startLoopback, type HttpRequest, type Loopback } from '../http/loopback.js';
import { startShop, type ShopSimulator } from './shop.js';
import { isSignedWith, signV1 } from './signature.js';

const NOW = new Date('2026-11-20T00:15:02Z');
const HUB_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const COMPLAINT = { customer: { id: 'c-1', name: '张伟' }, text: '水壶坏了', orderNo: 'A-100' };

describe('the shop simulator', () => {
  let arrived: HttpRequest[] = [];
  let door: Loopback;
  let shop: ShopSimulator;
  const doorScript = createScript<HttpRequest, AnswerFault>();

  beforeEach(async () => {
    arrived = [];
    door = await startLoopback({
      script: doorScript,
      handle: () => emptyAnswer(204),
      observe: (request) => void arrived.push(request),
    });
    shop = await startShop({
      hookUrl: `${door.url}/hooks/shop`,
      hubKey: HUB_SECRET,
      signatures: ['v1', 'v1a'],
      retryPausesMs: [1],
      now: () => NOW,
    });
  });
  afterEach(async () => {
    await shop.close();
    await door.close();
  });

  const isGenuine = (request: HttpRequest | undefined, key: string): boolean =>
    request !== undefined &&
    isSignedWith(key, request.headers['webhook-signature'] ?? '', {
      id: request.headers['webhook-id'] ?? '',
      timestamp: request.headers['webhook-timestamp'] ?? '',
      body: request.body,
    });

  const reply = (id: string, timestamp = String(NOW.getTime() / 1000)): Promise<Response> => {
    const body = Buffer.from('{"text":"您好"}');
    const signature = signV1(HUB_SECRET, { id, timestamp, body });
    return fetch(`${shop.url}/replies`, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signature,
      },
    });
  };

  test('sends a complaint that both of its keys fit', async () => {
    const report = await shop.complain(COMPLAINT);
    expect(report.acknowledged).toBe(true);
    expect(isGenuine(arrived[0], shop.secret)).toBe(true);
    expect(isGenuine(arrived[0], shop.publicKey)).toBe(true);
    const event = JSON.parse(String(arrived[0]?.body)) as { data: unknown };
    expect(event).toMatchObject({ type: 'complaint.created', timestamp: NOW.toISOString() });
    expect(event.data).toMatchObject({
      text: '水壶坏了',
      orderNo: 'A-100',
      customer: { id: 'c-1' },
    });
  });

  test('repeats an event under the same id, and ends on 410', async () => {
    doorScript.add({ then: answer(500) });
    await shop.complain(COMPLAINT);
    expect(new Set(arrived.map((request) => request.headers['webhook-id'])).size).toBe(1);
    expect(arrived).toHaveLength(2);
    doorScript.add({ then: answer(410) });
    expect((await shop.complain(COMPLAINT)).attempts).toHaveLength(1);
  });

  test('a forged event no longer fits its signature', async () => {
    shop.scriptDeliveries({ then: tamper((wire) => ({ ...wire, body: Buffer.from('{}') })) });
    await shop.complain(COMPLAINT);
    expect(isGenuine(arrived[0], shop.secret)).toBe(false);
  });

  test('a stale event is signed with its old time', async () => {
    await shop.send({ a: 1 }, { at: new Date(0), id: 'msg_old' });
    expect(arrived[0]?.headers['webhook-timestamp']).toBe('0');
    expect(isGenuine(arrived[0], shop.secret)).toBe(true);
  });

  test('an event can arrive twice', async () => {
    shop.scriptDeliveries({ then: duplicate() });
    await shop.complain(COMPLAINT);
    expect(arrived.map((request) => String(request.body))).toHaveLength(2);
  });

  test('takes a signed reply and answers with its own id', async () => {
    await expect((await reply('m1')).json()).resolves.toEqual({ id: 'rpl_1' });
    expect(shop.replies.map((one) => one.body)).toEqual(['{"text":"您好"}']);
  });

  test('takes a repeated reply once and answers the same', async () => {
    shop.script({ then: resetWithoutAnswer({ taken: true }) });
    await expect(reply('m1')).rejects.toThrow();
    await expect((await reply('m1')).json()).resolves.toEqual({ id: 'rpl_1' });
    expect(shop.replies).toHaveLength(1);
    const taken = shop.ledger.entries.filter((entry) => entry.kind === 'taken');
    expect(taken.map((entry) => entry.repeated)).toEqual([false, true]);
  });

  test.each([
    ['a stale reply', () => reply('m1', '1')],
    ['an unsigned reply', () => fetch(shop.url, { method: 'POST', body: '{}' })],
  ])('refuses %s', async (_name, send) => {
    expect((await send()).status).toBe(401);
    expect(shop.replies).toEqual([]);
  });
});
