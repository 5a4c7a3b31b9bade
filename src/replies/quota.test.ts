import { createCourier } from '../../test/courier.js';
import { delivery, parts, queueReply, stateOf } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { HOUR, MINUTE } from '../model/time.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('w', counting());
  await shop.file(word);
});
afterEach(() => shop.end());

const word = { connection: 'w', conversation: 'w', sender: { handle: 'li' } };
const counting = () =>
  createCourier({
    policies: {
      replyWindows: [
        { opensOn: 'customerMessage', lasts: HOUR, messages: 2, afterwards: 'nothing' },
        { opensOn: 'menuClick', lasts: MINUTE, messages: 1, afterwards: 'nothing' },
      ],
    },
  });

describe('a platform that counts messages', () => {
  test('takes as many as it says, then none until the customer writes', async () => {
    await queueReply(shop, 1, 'one');
    await queueReply(shop, 1, 'two');
    expect(await shop.reply(1, 'three')).toMatchObject({
      ...{ kind: 'refused', refusal: { cause: 'quotaUsed' } },
    });
    await shop.send();
    expect(await shop.reply(1, 'three')).toMatchObject({ refusal: { cause: 'quotaUsed' } });
    shop.clock.pass(MINUTE);
    await shop.file(word);
    expect(await shop.reply(1, 'three')).toMatchObject({ kind: 'queued' });
  });

  test('opens by a click as well, which is no word of the customer', async () => {
    shop.clock.pass(2 * HOUR);
    expect(await shop.reply(1, 'hello')).toMatchObject({ refusal: { cause: 'windowClosed' } });
    await shop.file({ ...word, kind: 'event', text: '', replyContext: { opens: 'menuClick' } });
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await stateOf(shop, id)).toBe('sent');
    expect(await shop.reply(1, 'again')).toMatchObject({ refusal: { cause: 'quotaUsed' } });
  });

  test('what an agent writes in its app takes from what is left: the queued reply is not sent', async () => {
    const first = await queueReply(shop, 1, 'one');
    const second = await queueReply(shop, 1, 'two');
    await shop.file({ ...word, kind: 'echo', text: 'from the app' });
    await shop.file({ ...word, kind: 'echo', text: 'and more' });
    await shop.send();
    expect([await stateOf(shop, first), await stateOf(shop, second)]).toEqual(['failed', 'failed']);
    expect((await delivery(shop, first)).failure).toContain('windowClosed');
  });

  test('takes no more of answers that are composed at once than it says', async () => {
    const four = await Promise.all(['1', '2', '3', '4'].map((text) => shop.reply(1, text)));
    expect(four.map(({ kind }) => kind)).toEqual(['queued', 'queued', 'refused', 'refused']);
  });

  test('gets an answer of two parts whole or not at all', async () => {
    const both = await queueReply(shop, 1, 'one\n\ntwo');
    await shop.file({ ...word, kind: 'echo', text: 'from the app' });
    await shop.send();
    expect((await parts(shop, both)).map(({ state }) => state)).toEqual(['failed', 'failed']);
  });

  test('counts from when a word came, where the clock that stamped it goes ahead', async () => {
    const ahead = new Date(shop.clock.now() + 4 * MINUTE).toISOString();
    await shop.file({ ...word, sentAt: ahead });
    for (const text of ['1', '2']) {
      await queueReply(shop, 1, text);
      await shop.send();
      shop.clock.pass(1_000);
    }
    expect(await shop.reply(1, '3')).toMatchObject({ refusal: { cause: 'quotaUsed' } });
  });
});
