import { answer, duplicate, resetWithoutAnswer, tamper } from '../../simulators/faults.js';
import type { WireMessage } from '../../simulators/faults.js';
import type { WechatOptions } from '../../simulators/wechat/account.js';
import { wechatErrorBody } from '../../simulators/wechat/errors.js';
import { until } from '../hub.js';
import { openDesk, type Desk } from './desk.js';
import { PNG } from './pictures.js';
import { connectWechat, PUBLIC_URL, type WechatAccount } from './wechat-account.js';

/** An Official Account, end to end: WeChat with followers behind it, a running hub, an agent at the API. */

let desk: Desk;
const accounts: WechatAccount[] = [];

beforeAll(async () => {
  desk = await openDesk({ env: { HUBBUB_PUBLIC_URL: PUBLIC_URL } });
});
afterAll(async () => {
  await desk.end();
  await Promise.all(accounts.map((wechat) => wechat.close()));
});

async function open(options: WechatOptions = {}): Promise<WechatAccount> {
  const wechat = await connectWechat(desk, 'wechat-oa', options);
  accounts.push(wechat);
  return wechat;
}

let last = 0;

/** A follower who has complained, and the ticket of it. */
async function complain(wechat: WechatAccount, words: string) {
  const openid = `oFollower${(last += 1)}`;
  const customer = wechat.customer(openid);
  expect(await customer.text(words)).toMatchObject({ acknowledged: true });
  return { openid, customer, ticket: (await desk.ticketSaying(words)).number };
}

const onSend = ({ path }: { path: string }): boolean => path.endsWith('/custom/send');
const inside = (code: Parameters<typeof wechatErrorBody>[0]) => answer(200, wechatErrorBody(code));

test.each([
  ['safe', 'xml', 'proven'],
  ['safe', 'json', 'proven'],
  ['compatible', 'xml', 'proven'],
  ['plain', 'xml', 'strong'],
] as const)(
  'in %s mode as %s a message becomes one ticket, and the answer comes to the chat once',
  async (encryption, format, proof) => {
    const wechat = await open({ encryption, format });
    const words = `水壶坏了 in ${encryption} mode as ${format}`;
    const { openid, ticket } = await complain(wechat, words);
    expect(await desk.ticket(ticket)).toMatchObject({
      status: 'new',
      counts: { in: 1, out: 0 },
      conversations: [{ connection: wechat.connection, channel: 'wechat-oa', handle: openid }],
      person: { handles: [{ kind: 'openid', value: openid, proof }] },
    });
    const reply = await desk.reply(ticket, '很抱歉！We send a new one.');
    expect(await desk.settled(reply, 'sent')).toMatchObject({
      recipient: openid,
      parts: [{ state: 'sent', attempts: 1 }],
    });
    expect(wechat.texts(openid)).toEqual(['很抱歉！We send a new one.']);
    expect(wechat.taken()).toBe(1);
  },
);

test('WeChat is answered with success, and what it delivers three times counts once', async () => {
  const wechat = await open();
  wechat.scriptDeliveries({ times: Infinity, then: duplicate(3) });
  const { ticket } = await complain(wechat, 'three times the same on WeChat');
  await desk.quiet();
  expect(await desk.messages(ticket)).toHaveLength(1);
  const attempts = wechat.ledger.entries.flatMap((entry) =>
    entry.kind === 'attempt' ? [entry.attempt] : [],
  );
  expect(attempts.map(({ status, body }) => [status, body.toString()])).toEqual([
    [200, 'success'],
    [200, 'success'],
    [200, 'success'],
  ]);
});

test('pictures and voices are fetched by their media id, and a picture goes out', async () => {
  const wechat = await open();
  const { openid, customer, ticket } = await complain(wechat, 'here comes the picture of it');
  await customer.picture({ type: 'image/png', body: PNG });
  await customer.voice({ type: 'audio/amr', body: Buffer.from('#!AMR\n') }, '壶盖裂了');
  const [, photo, voice] = await desk.messagesOnce(ticket, 'both files', (seen) =>
    [1, 2].every((at) => seen[at]?.attachments[0]?.state === 'stored'),
  );
  expect(photo?.attachments).toMatchObject([{ type: 'image/png', size: PNG.length }]);
  expect(voice).toMatchObject({ text: '壶盖裂了', attachments: [{ state: 'stored' }] });
  expect(await desk.download(photo?.attachments[0]?.url ?? '')).toEqual(PNG);

  const file = await desk.upload('label.png', PNG);
  await desk.settled(await desk.reply(ticket, 'Print this.', { attachments: [file] }), 'sent');
  expect(wechat.customer(openid).inbox).toMatchObject([
    { type: 'text', text: 'Print this.' },
    { type: 'image', file: PNG },
  ]);
});

test('following, clicking and a sticker open no ticket; who unfollows cannot be answered', async () => {
  const wechat = await open();
  const silent = wechat.customer('oSilent');
  await silent.follow();
  await silent.click('HELP');
  await silent.text('【收到不支持的消息类型，暂无法显示】');
  const { customer, ticket } = await complain(wechat, 'the only complaint of this WeChat account');
  await desk.quiet();
  const { items } = (await desk.hub.api('GET', '/tickets?channel=wechat-oa&limit=100')).body as {
    items: readonly { number: number; conversations: readonly { connection: string }[] }[];
  };
  const ours = items.filter(({ conversations: [one] }) => one?.connection === wechat.connection);
  expect(ours.map(({ number }) => number)).toEqual([ticket]);

  await customer.unfollow();
  await until('the mark', async () => {
    const [handle] = (await desk.ticket(ticket)).person.handles;
    return handle?.refusal === 'optedOut';
  });
  const refused = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text: 'Wait' });
  expect(refused).toMatchObject({ status: 422, body: { cause: 'optedOut' } });
});

test('the sixth message is refused before it leaves, and the window itself closes after 48 hours', async () => {
  const wechat = await open();
  const { openid, customer, ticket } = await complain(wechat, 'I want six answers');
  for (let i = 1; i <= 5; i += 1) await desk.settled(await desk.reply(ticket, `no. ${i}`), 'sent');
  const [{ replyWindow } = { replyWindow: null }] = (await desk.ticket(ticket)).conversations;
  expect(replyWindow).toMatchObject({ open: false, messagesLeft: 0 });
  const sixth = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text: 'no. 6' });
  expect(sixth).toMatchObject({ status: 422, body: { cause: 'quotaUsed' } });
  // WeChat tells time in whole seconds: what left within the same one counts as after the word.
  desk.clock.pass(1_000);
  await customer.text('and one more question');
  await desk.messagesOnce(ticket, 'the question', (seen) =>
    seen.some(({ text }) => text === 'and one more question'),
  );
  await desk.settled(await desk.reply(ticket, 'no. 7'), 'sent');
  expect(wechat.texts(openid)).toHaveLength(6);
  desk.clock.pass(48 * 3_600_000 + 1_000);
  const late = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text: 'too late' });
  expect(late).toMatchObject({ status: 422, body: { cause: 'windowClosed' } });
});

test('an answer of six messages is refused as too long: waiting would not help', async () => {
  const wechat = await open();
  const { ticket } = await complain(wechat, 'tell me everything');
  const text = 'x'.repeat(5 * 2_048 + 1);
  const refused = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text });
  expect(refused).toMatchObject({ status: 422, body: { cause: 'content' } });
  expect(JSON.stringify(refused.body)).toContain('needs 6 messages, the platform allows 5');
});

test('a token that dies and an answer that is busy cost no message', async () => {
  const wechat = await open();
  const { openid, ticket } = await complain(wechat, 'answer me in spite of it');
  await desk.settled(await desk.reply(ticket, 'one'), 'sent');
  wechat.killTokens();
  await desk.settled(await desk.reply(ticket, 'two'), 'sent');
  wechat.script({ when: onSend, then: inside(-1) });
  const third = await desk.reply(ticket, 'three');
  await desk.settledWith(third, ({ failure }) => failure?.kind === 'transient');
  desk.clock.pass(10_000);
  await desk.settled(third, 'sent');
  expect(wechat.texts(openid)).toEqual(['one', 'two', 'three']);
  const tokens = wechat.ledger.entries.filter(({ kind }) => kind === 'token');
  expect(tokens).toHaveLength(2);
});

test('an answer that never came leaves it uncertain, and is not sent again', async () => {
  const wechat = await open();
  const { openid, ticket } = await complain(wechat, 'did you answer?');
  wechat.script({ when: onSend, then: resetWithoutAnswer({ taken: true }) });
  const reply = await desk.reply(ticket, 'only once');
  await desk.settled(reply, 'uncertain');
  desk.clock.pass(120_000);
  await desk.settled(reply, 'uncertain');
  expect(wechat.texts(openid)).toEqual(['only once']);
});

test('a forged delivery is refused and leaves nothing', async () => {
  const wechat = await open();
  const body = Buffer.from('<xml><Encrypt><![CDATA[AAAA]]></Encrypt></xml>');
  wechat.scriptDeliveries({ then: tamper((wire) => ({ ...wire, body })) });
  const report = await wechat.customer('oForger').text('never seen');
  expect(report.attempts.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(wechat.ledger.entries).toContainEqual({ kind: 'apology', openid: 'oForger' });
});

test('in plain mode another body under a signature that was used is refused', async () => {
  const wechat = await open({ encryption: 'plain' });
  let seen: WireMessage = { url: '', headers: {}, body: Buffer.alloc(0) };
  const look = tamper((wire) => (seen = wire));
  wechat.scriptDeliveries({ then: look });
  const { ticket } = await complain(wechat, 'the words that were signed for');
  const post = (body: string) =>
    fetch(seen.url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body });
  const forged = seen.body.toString().replace('the words', 'other words');
  expect((await post(forged)).status).toBe(401);
  expect((await post(seen.body.toString())).status).toBe(200);
  await desk.quiet();
  expect(await desk.ticketsSaying('other words that were signed for')).toEqual([]);
  expect(await desk.messages(ticket)).toHaveLength(1);
});
