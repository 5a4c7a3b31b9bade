import { once } from 'node:events';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { answer, delay, halfAnswer, resetWithoutAnswer } from '../faults.js';
import { isLogin } from './imap/session.js';
import { startMail, type MailSimulator } from './mail.js';

const HUB = 'support@hub.test';
const RAW = (subject: string): string =>
  `From: =?utf-8?B?5byg5Lyf?= <zhang@example.com>\r\nTo: ${HUB}\r\nSubject: ${subject}\r\n` +
  `Message-ID: <${subject}@example.com>\r\nDate: Fri, 20 Nov 2026 00:15:02 +0000\r\n\r\nBody of ${subject}\r\n`;

describe('the IMAP server, as imapflow sees it', () => {
  let mail: MailSimulator;
  const clients: ImapFlow[] = [];

  beforeEach(async () => {
    mail = await startMail({ mailboxes: { [HUB]: 'hub-secret' } });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await mail.close();
  });

  async function connect(options: Partial<ImapFlowOptions> = {}): Promise<ImapFlow> {
    const client = new ImapFlow({
      ...mail.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: HUB, pass: 'hub-secret' },
      logger: false,
      ...options,
    });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  }

  const commands = (): string[] =>
    mail.ledger.entries.flatMap((entry) => (entry.kind === 'imap' ? entry.command : []));

  async function uidsOf(client: ImapFlow): Promise<readonly number[]> {
    const found = await client.search({ all: true }, { uid: true });
    return found === false || found === undefined ? [] : found;
  }

  test('logs in, identifies itself and lists the folders with their use', async () => {
    mail.mailboxes.addFolder(HUB, '客户投诉');
    const client = await connect();
    const folders = await client.list();
    expect(folders.map((folder) => folder.path).sort()).toEqual(
      ['Drafts', 'INBOX', 'Junk', 'Sent', 'Trash', '客户投诉'].sort(),
    );
    expect(folders.find((folder) => folder.specialUse === '\\Sent')?.path).toBe('Sent');
    expect(commands()).toContain('ID');
    const lock = await client.getMailboxLock('客户投诉');
    lock.release();
    await client.logout();
  });

  test('refuses a wrong password, and right ones while told to', async () => {
    const wrong = { auth: { user: HUB, pass: 'no' } };
    await expect(connect(wrong)).rejects.toMatchObject({ authenticationFailed: true });
    const refusal = answer('NO', '[UNAVAILABLE] try later');
    const rule = mail.scriptImap({ when: isLogin, times: Infinity, then: refusal });
    await expect(connect()).rejects.toMatchObject({ responseText: 'try later' });
    rule.remove();
    await connect();
  });

  test('hands mails out byte for byte, with flags, dates and sizes', async () => {
    const big = Buffer.from(`Subject: big\r\n\r\n${'行 of text\r\n'.repeat(20_000)}`);
    mail.deliver(HUB, 'INBOX', RAW('one'));
    mail.deliver(HUB, 'INBOX', big);
    const client = await connect();
    const opened = await client.mailboxOpen('INBOX');
    expect(opened).toMatchObject({ exists: 2, uidNext: 3, uidValidity: 1n });
    const got = await client.fetchAll(
      '1:*',
      { uid: true, flags: true, size: true, internalDate: true, source: true, envelope: true },
      { uid: true },
    );
    expect(got.map((one) => one.uid)).toEqual([1, 2]);
    expect(got[0]?.source?.toString()).toBe(RAW('one'));
    expect(got[1]?.source?.equals(big)).toBe(true);
    expect(got[1]?.size).toBe(big.length);
    expect(got[0]?.envelope).toMatchObject({
      subject: 'one',
      messageId: '<one@example.com>',
      from: [{ name: '张伟', address: 'zhang@example.com' }],
    });
    expect([...(got[0]?.flags ?? [])]).toEqual([]);
  });

  test('hands out a part of a mail and chosen header lines', async () => {
    mail.deliver(HUB, 'INBOX', RAW('one'));
    const client = await connect();
    await client.mailboxOpen('INBOX');
    const part = await client.fetchOne('1', { source: { start: 5, maxLength: 10 } }, { uid: true });
    expect(part && part.source?.toString()).toBe(RAW('one').slice(5, 15));
    const head = await client.fetchOne('1', { headers: ['message-id'] }, { uid: true });
    expect(head && head.headers?.toString()).toBe('Message-ID: <one@example.com>\r\n\r\n');
    const download = await client.download('1', undefined, { uid: true });
    const chunks: Buffer[] = [];
    for await (const chunk of download.content ?? []) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe(RAW('one'));
  });

  test('asking for n:* gives the newest mail even if its UID is below n', async () => {
    mail.deliver(HUB, 'INBOX', RAW('one'));
    const client = await connect();
    await client.mailboxOpen('INBOX');
    const got = await client.fetchAll('7:*', { uid: true }, { uid: true });
    expect(got.map((one) => one.uid)).toEqual([1]);
  });

  test('stores flags, searches by them and expunges by UID', async () => {
    for (const subject of ['one', 'two', 'three']) mail.deliver(HUB, 'INBOX', RAW(subject));
    const client = await connect();
    await client.mailboxOpen('INBOX');
    await client.messageFlagsAdd('2', ['\\Seen', 'Hubbub'], { uid: true });
    await expect(client.search({ seen: true }, { uid: true })).resolves.toEqual([2]);
    await expect(client.search({ not: { keyword: 'Hubbub' } }, { uid: true })).resolves.toEqual([
      1, 3,
    ]);
    const byId = { header: { 'message-id': '<three@example.com>' } };
    await expect(client.search(byId, { uid: true })).resolves.toEqual([3]);
    await expect(client.search({ since: new Date(0), uid: '2:3' }, { uid: true })).resolves.toEqual(
      [2, 3],
    );
    await client.messageDelete('1', { uid: true });
    await expect(uidsOf(client)).resolves.toEqual([2, 3]);
  });

  test('appends to Sent and says under which UID', async () => {
    const client = await connect();
    const at = new Date('2026-11-20T00:15:02Z');
    const appended = await client.append('Sent', RAW('sent'), ['\\Seen'], at);
    expect(appended).toMatchObject({ uid: 1, uidValidity: 1n });
    const [stored] = mail.mailboxes.mails(HUB, 'Sent');
    expect(stored?.raw.toString()).toBe(RAW('sent'));
    expect(stored?.internalDate).toEqual(at);
    expect([...(stored?.flags ?? [])]).toEqual(['\\Seen']);
  });

  test('tells of a folder that is not open', async () => {
    mail.deliver(HUB, 'Sent', RAW('one'));
    const client = await connect();
    await expect(client.status('Sent', { messages: true, uidNext: true })).resolves.toMatchObject({
      messages: 1,
      uidNext: 2,
    });
  });

  test('pushes arrivals and expunges to a client that idles', async () => {
    const client = await connect();
    await client.mailboxOpen('INBOX');
    void client.idle();
    const arrived = once(client, 'exists');
    await mail.ledger.until((entry) => entry.kind === 'imap' && entry.command === 'SELECT');
    mail.deliver(HUB, 'INBOX', RAW('one'));
    await expect(arrived).resolves.toMatchObject([{ path: 'INBOX', count: 1, prevCount: 0 }]);
    const gone = once(client, 'expunge');
    mail.mailboxes.expunge(HUB, 'INBOX', 1);
    await expect(gone).resolves.toMatchObject([{ path: 'INBOX', seq: 1 }]);
    await expect(uidsOf(client)).resolves.toEqual([]);
  });

  test('a mail that is expunged during FETCH is left out, the others come', async () => {
    for (const subject of ['one', 'two', 'three']) mail.deliver(HUB, 'INBOX', RAW(subject));
    const client = await connect();
    await client.mailboxOpen('INBOX');
    mail.mailboxes.expungeDuringFetch(HUB, 'INBOX', 2);
    const got = await client.fetchAll('1:*', { uid: true, source: true }, { uid: true });
    expect(got.map((one) => one.uid)).toEqual([1, 3]);
    expect(client.mailbox && client.mailbox.exists).toBe(2);
  });

  test('a new UIDVALIDITY ends the connection; the mails come back under new UIDs', async () => {
    for (const subject of ['one', 'two']) mail.deliver(HUB, 'INBOX', RAW(subject));
    mail.mailboxes.expunge(HUB, 'INBOX', 1);
    const client = await connect();
    await client.mailboxOpen('INBOX');
    const closed = once(client, 'close');
    mail.mailboxes.changeUidValidity(HUB, 'INBOX');
    await closed;
    const again = await connect();
    await expect(again.mailboxOpen('INBOX')).resolves.toMatchObject({
      uidValidity: 2n,
      uidNext: 2,
    });
    await expect(uidsOf(again)).resolves.toEqual([1]);
  });

  test('drops all connections at once', async () => {
    const client = await connect();
    const closed = once(client, 'close');
    mail.mailboxes.dropConnections();
    await closed;
    await expect(connect()).resolves.toBeDefined();
  });

  test('resets in the middle of a mail', async () => {
    mail.deliver(HUB, 'INBOX', RAW('one'));
    const client = await connect();
    await client.mailboxOpen('INBOX');
    mail.scriptImap({ when: (command) => command.name === 'UID FETCH', then: halfAnswer() });
    const fetching = client.fetchAll('1:*', { source: true }, { uid: true });
    await expect(fetching).rejects.toMatchObject({ code: 'NoConnection' });
    expect(mail.ledger.entries.at(-1)).toMatchObject({ command: 'UID FETCH', ending: 'half' });
  });

  test('APPEND can be done although its answer never comes', async () => {
    const client = await connect();
    const lost = [delay(5), resetWithoutAnswer({ taken: true })];
    mail.scriptImap({ when: (command) => command.name === 'APPEND', then: lost });
    await expect(client.append('Sent', RAW('sent'))).rejects.toThrow();
    expect(mail.mailboxes.mails(HUB, 'Sent')).toHaveLength(1);
  });

  test('several users see only their own mail', async () => {
    mail.setPassword('second@hub.test', 'other');
    mail.deliver('second@hub.test', 'INBOX', RAW('two'));
    const second = await connect({ auth: { user: 'second@hub.test', pass: 'other' } });
    await expect(second.status('INBOX', { messages: true })).resolves.toMatchObject({
      messages: 1,
    });
    const first = await connect();
    await expect(first.status('INBOX', { messages: true })).resolves.toMatchObject({ messages: 0 });
  });
});
