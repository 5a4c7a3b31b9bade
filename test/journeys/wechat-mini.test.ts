import type { WechatOptions } from '../../simulators/wechat/account.js';
import { openDesk, type Desk } from './desk.js';
import { PNG } from './pictures.js';
import { connectWechat, PUBLIC_URL, type WechatAccount } from './wechat-account.js';

/** A mini program, end to end: customers at its service button, a running hub, an agent at the API. */

let desk: Desk;
const programs: WechatAccount[] = [];

beforeAll(async () => {
  desk = await openDesk({ env: { HUBBUB_PUBLIC_URL: PUBLIC_URL } });
});
afterAll(async () => {
  await desk.end();
  await Promise.all(programs.map((wechat) => wechat.close()));
});

async function open(options: WechatOptions = {}): Promise<WechatAccount> {
  const wechat = await connectWechat(desk, 'wechat-mini', { format: 'json', ...options });
  programs.push(wechat);
  return wechat;
}

test.each(['safe', 'compatible', 'plain'] as const)(
  'in %s mode two messages whose ids differ in the last digit only are two, on one ticket',
  async (encryption) => {
    const wechat = await open({ encryption });
    const openid = `oMini-${encryption}`;
    const customer = wechat.customer(openid);
    expect(await customer.enter('order-page')).toMatchObject({ acknowledged: true });
    await customer.text(`paid twice in ${encryption} mode`);
    await customer.text('and no refund');
    const { number } = await desk.ticketSaying(`paid twice in ${encryption} mode`);
    const messages = await desk.messagesOnce(number, 'both messages', (seen) => seen.length === 2);
    expect(messages.map(({ text }) => text)).toEqual([
      `paid twice in ${encryption} mode`,
      'and no refund',
    ]);
    const reply = await desk.reply(number, '我们马上退款。');
    expect(await desk.settled(reply, 'sent')).toMatchObject({ recipient: openid });
    expect(wechat.texts(openid)).toEqual(['我们马上退款。']);
  },
);

test('a picture goes both ways, and a voice message is refused before it leaves', async () => {
  const wechat = await open();
  const customer = wechat.customer('oPictures');
  await customer.text('this is how it came');
  const { number } = await desk.ticketSaying('this is how it came');
  await customer.picture({ type: 'image/png', body: PNG });
  await desk.messagesOnce(number, 'the stored picture', (seen) =>
    seen.some(({ attachments }) => attachments[0]?.state === 'stored'),
  );
  const file = await desk.upload('label.png', PNG);
  await desk.settled(await desk.reply(number, 'Print this.', { attachments: [file] }), 'sent');
  expect(customer.inbox).toMatchObject([{ text: 'Print this.' }, { type: 'image', file: PNG }]);
  const voice = await desk.upload('call.amr', Buffer.from('#!AMR\n'));
  const refused = await desk.hub.api('POST', `/tickets/${number}/replies`, {
    text: 'Listen.',
    attachments: [voice],
  });
  expect(refused).toMatchObject({ status: 422, body: { cause: 'content' } });
  expect(wechat.taken()).toBe(2);
});

test('whoever opened the session and said nothing has no ticket', async () => {
  const wechat = await open();
  await wechat.customer('oSilent').enter('home');
  await wechat.customer('oLoud').text('the only words of this mini program');
  const { number } = await desk.ticketSaying('the only words of this mini program');
  await desk.quiet();
  const { items } = (await desk.hub.api('GET', '/tickets?channel=wechat-mini&limit=100')).body as {
    items: readonly { number: number; conversations: readonly { connection: string }[] }[];
  };
  const ours = items.filter(({ conversations: [one] }) => one?.connection === wechat.connection);
  expect(ours.map((ticket) => ticket.number)).toEqual([number]);
});

test('the sixth message is refused before it leaves', async () => {
  const wechat = await open();
  await wechat.customer('oSix').text('I want six answers in the mini program');
  const { number } = await desk.ticketSaying('I want six answers in the mini program');
  for (let i = 1; i <= 5; i += 1) await desk.settled(await desk.reply(number, `no. ${i}`), 'sent');
  const sixth = await desk.hub.api('POST', `/tickets/${number}/replies`, { text: 'no. 6' });
  expect(sixth).toMatchObject({ status: 422, body: { cause: 'quotaUsed' } });
  expect(wechat.taken()).toBe(5);
});
