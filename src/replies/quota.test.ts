import { createCourier } from '../../test/courier.js';
import { delivery, queueReply, stateOf } from '../../test/outbox.js';
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
});
