import type { Courier } from '../../test/courier.js';
import { parts, queueReply, stateOf } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import type { DraftInput } from '../model/draft.js';
import { sent, uncertain } from '../model/outcome.js';
import { HOUR, MINUTE } from '../model/time.js';

let shop: Workshop;
let courier: Courier;
beforeEach(async () => {
  shop = await openWorkshop();
  courier = await shop.connect('a');
  await shop.file({ conversation: 'one', sender: { handle: 'zhang' } });
});
afterEach(() => shop.end());

const echo = (id: string, text: string, more: Partial<DraftInput> = {}): Partial<DraftInput> => ({
  ...{ id, text, kind: 'echo', conversation: 'one', sender: { handle: 'shop', name: 'The shop' } },
  ...more,
});

const outgoing = (): Promise<readonly { kind: string; text: string }[]> =>
  shop.rows("SELECT kind, text FROM messages WHERE direction = 'out' ORDER BY id");

test('an echo that bears the id of our own send is that send', async () => {
  await queueReply(shop, 1, 'hello');
  await shop.send();
  await shop.file(echo('sent-1', 'hello'));
  expect(await outgoing()).toHaveLength(1);
});

test('an echo of words nobody sent from here is an answer typed in the platform itself', async () => {
  await shop.file(echo('native-1', 'I called you, all is well'));
  expect(await outgoing()).toEqual([{ kind: 'echo', text: 'I called you, all is well' }]);
  const state = await shop.state(1);
  expect([state.status, state.counts.out]).toEqual(['waiting', 1]);
  await shop.file(echo('native-1', 'I called you, all is well'));
  expect(await outgoing()).toHaveLength(1);
});

test('an echo proves an uncertain send by its words', async () => {
  courier.script.push(uncertain('broke off'));
  const id = await queueReply(shop, 1, 'hello  there');
  await shop.send();
  await shop.file(echo('seen-9', 'hello there'));
  expect(await parts(shop, id)).toMatchObject([{ state: 'sent', external_id: 'seen-9' }]);
  expect(await stateOf(shop, id)).toBe('sent');
  expect(await outgoing()).toHaveLength(1);
});

test('an echo finds the send of a platform that gave no id, once for each', async () => {
  courier.script.push(sent(null), sent(null));
  const first = await queueReply(shop, 1, 'yes');
  await shop.send();
  const second = await queueReply(shop, 1, 'yes');
  await shop.send();
  await shop.file(echo('e1', 'yes'), echo('e2', 'yes'), echo('e3', 'yes'));
  expect(await parts(shop, first)).toMatchObject([{ external_id: 'e1' }]);
  expect(await parts(shop, second)).toMatchObject([{ external_id: 'e2' }]);
  expect((await outgoing()).map(({ kind }) => kind)).toEqual(['message', 'message', 'echo']);
});

test('an echo that overtakes the answer to its send waits for it', async () => {
  courier.script.push(async () => {
    await shop.file(echo('x', 'hello'));
    expect(await outgoing()).toHaveLength(1);
    return sent('x');
  });
  await queueReply(shop, 1, 'hello');
  await shop.send();
  await shop.file();
  expect(await outgoing()).toHaveLength(1);
  const [row] = await shop.rows("SELECT state FROM drafts WHERE draft_id = 'x'");
  expect(row).toEqual({ state: 1 });
});

test('the same words long after our send are a new message', async () => {
  courier.script.push(sent(null));
  await queueReply(shop, 1, 'yes');
  await shop.send();
  shop.clock.pass(HOUR);
  await shop.file(echo('later', 'yes'));
  expect(await outgoing()).toHaveLength(2);
});

test('an echo of a conversation nobody knows is kept and opens nothing', async () => {
  await shop.file(echo('stranger', 'hello', { conversation: 'unknown' }));
  expect(await shop.rows('SELECT id FROM tickets')).toHaveLength(1);
  expect(await outgoing()).toEqual([]);
});

test('an echo whose part is still sending after five minutes is not waited for any longer', async () => {
  let late: Promise<void> = Promise.resolve();
  courier.script.push(async () => {
    await shop.file(echo('y', 'hello'));
    shop.clock.pass(5 * MINUTE);
    late = shop.file();
    await late;
    return sent('z');
  });
  await queueReply(shop, 1, 'hello');
  await shop.send();
  expect((await outgoing()).map(({ kind }) => kind)).toEqual(['message', 'echo']);
});
