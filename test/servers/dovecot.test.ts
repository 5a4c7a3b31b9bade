import { ImapFlow } from 'imapflow';
import { open } from '../../connectors/email/live.js';
import { committing, contextFor, mailPart } from '../../connectors/email/testing/context.js';
import type { Committed, TestContext } from '../../connectors/email/testing/context.js';
import type { Live } from '../../src/sdk/index.js';
import { PASSWORD, startDovecot, USER, whyNoDovecot } from './dovecot-server.js';
import type { Dovecot } from './dovecot-server.js';

const why = whyNoDovecot();
// On a developer's machine only: .ci/run installs the server, or fails.
if (why !== null) console.info(`skipped: ${why}`);
const suite = why === null ? describe : describe.skip;

interface Reader {
  readonly context: TestContext;
  readonly live: Live;
  readonly committed: Committed;
  /** Ends with the stream; rejects when the link breaks. */
  readonly ended: Promise<void>;
}

suite('a real mailbox', () => {
  let dovecot: Dovecot;
  const readers: Reader[] = [];

  beforeEach(async () => {
    dovecot = await startDovecot();
  });

  afterEach(async () => {
    for (const { live, ended } of readers.splice(0)) {
      await live.close();
      await ended.catch(() => undefined);
    }
    await dovecot.remove();
  });

  function account(imap: Record<string, unknown> = {}): TestContext {
    const server = { host: '127.0.0.1', port: dovecot.port, tls: 'none' };
    return contextFor({
      settings: {
        address: USER,
        imap: { ...server, pollSeconds: 5, historyDays: 3_650, ...imap },
      },
      credentials: { imapPassword: PASSWORD },
    });
  }

  function read(imap: Record<string, unknown> = {}, committed = committing()): Reader {
    const context = account(imap);
    const live = open(context);
    const before = { ...committed.cursors };
    const ended = live.stream?.(committed.emit, before) ?? Promise.reject(new Error('no stream'));
    ended.catch(() => undefined);
    const reader = { context, live, committed, ended };
    readers.push(reader);
    return reader;
  }

  async function client(): Promise<ImapFlow> {
    const flow = new ImapFlow({
      host: '127.0.0.1',
      port: dovecot.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: USER, pass: PASSWORD },
      logger: false,
    });
    await flow.connect();
    return flow;
  }

  const mail = (n: number | string): string =>
    `From: zhang@customer.example\r\nMessage-ID: <m${n}@customer.example>\r\n` +
    `Subject: ${n}\r\n\r\nMy parcel did not arrive.\r\n`;
  const deliver = (folder: string, from: number, to: number): void => {
    for (let n = from; n <= to; n += 1) dovecot.deliver(folder, mail(n));
  };
  const subjects = ({ arrivals }: Committed): string[] =>
    arrivals.map(({ body }) => /^Subject: (.*)$/m.exec(body.toString())?.[1]?.trim() ?? '?');
  const upTo = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i + 1));
  const expectKeysOnce = ({ arrivals }: Committed): void => {
    expect(new Set(arrivals.map(({ key }) => key)).size).toBe(arrivals.length);
  };

  test('is read with its bytes, place and time, and nothing is marked as read', async () => {
    dovecot.deliver('INBOX', mail(1));
    const { committed } = read();
    await committed.until(() => committed.arrivals.length === 1);
    const [arrival] = committed.arrivals;
    expect(arrival?.body.toString()).toBe(mail(1));
    expect(arrival?.key).toMatch(/^INBOX\/\d+\/1$/);
    expect(arrival?.notes).toMatchObject({ role: 'inbox', folder: 'INBOX', uid: '1' });
    expect(arrival?.receivedAt).toBeGreaterThan(Date.now() - 60_000);
    const flow = await client();
    await flow.mailboxOpen('INBOX');
    const one = await flow.fetchOne('1', { flags: true });
    expect([...((one === false ? undefined : one?.flags) ?? ['\\Seen'])]).not.toContain('\\Seen');
    flow.close();
  });

  test('of 2,000 mails is read once each, in order', async () => {
    deliver('INBOX', 1, 2_000);
    const { committed } = read();
    await committed.until(() => committed.arrivals.length >= 2_000);
    expect(subjects(committed)).toEqual(upTo(2_000));
    expectKeysOnce(committed);
  });

  test('tells of a new mail at once while the reader waits in IDLE', async () => {
    const { committed } = read({ pollSeconds: 3_600 });
    await committed.until(() => committed.cursors['INBOX'] !== undefined);
    const flow = await client();
    await flow.append('INBOX', mail('pushed'));
    await committed.until(() => committed.arrivals.length === 1);
    expect(subjects(committed)).toEqual(['pushed']);
    flow.close();
  });

  test('that does not push is asked in time', async () => {
    const { committed } = read({ mode: 'poll' });
    await committed.until(() => committed.cursors['INBOX'] !== undefined);
    deliver('INBOX', 1, 1);
    await committed.until(() => committed.arrivals.length === 1);
  });

  test('with several folders is read whole; the Sent folder is our own side', async () => {
    dovecot.createFolder('Complaints');
    const { committed, context } = read({ folders: ['INBOX', 'Complaints', 'Gone'] });
    await committed.until(() => committed.cursors['INBOX'] !== undefined);
    deliver('Complaints', 1, 1);
    deliver('INBOX', 2, 2);
    const flow = await client();
    await flow.append('Sent', mail('ours'));
    flow.close();
    await committed.until(() => committed.arrivals.length === 3);
    const roles = committed.arrivals.map(({ notes }) => `${notes['folder']} ${notes['role']}`);
    expect(roles.sort()).toEqual(['Complaints inbox', 'INBOX inbox', 'Sent sent']);
    expect(context.lines.filter((line) => line.includes('Gone'))).toHaveLength(1);
  });

  test('begins with what arrives from now on when no history is asked for', async () => {
    deliver('INBOX', 1, 20);
    const { committed } = read({ historyDays: 0 });
    await committed.until(() => committed.cursors['INBOX'] !== undefined);
    deliver('INBOX', 21, 21);
    await committed.until(() => committed.arrivals.length > 0);
    expect(subjects(committed)).toEqual(['21']);
  });

  test('goes on from its cursor, without the newest mail a second time', async () => {
    deliver('INBOX', 1, 3);
    const first = read();
    await first.committed.until(() => first.committed.arrivals.length === 3);
    await first.live.close();
    await first.ended;
    const second = read({}, committing(first.committed.cursors));
    deliver('INBOX', 4, 4);
    await second.committed.until(() => second.committed.arrivals.length > 0);
    expect(subjects(second.committed)).toEqual(['4']);
  });

  test('that is renumbered loses nothing: its mail comes again under new keys', async () => {
    deliver('INBOX', 1, 30);
    const committed = committing();
    const first = read({}, committed);
    await committed.until(() => committed.arrivals.length === 30);
    await first.live.close();
    for (let change = 1; change <= 5; change += 1) {
      await dovecot.kill();
      dovecot.renumber('INBOX');
      deliver('INBOX', 30 + change, 30 + change);
      // UIDVALIDITY is made of the time in seconds: the next one is another.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await dovecot.start();
      const next = read({}, committed);
      await committed.until(() => subjects(committed).includes(String(30 + change)));
      await next.live.close();
      await next.ended;
      expect(next.context.lines.join()).toContain('renumbered');
    }
    expect(new Set(subjects(committed))).toEqual(new Set(upTo(35)));
    expectKeysOnce(committed);
  });

  test('whose mails are expunged while it is read goes on with the others', async () => {
    deliver('INBOX', 1, 400);
    const flow = await client();
    await flow.mailboxOpen('INBOX');
    const { committed } = read();
    const removed = new Set<string>();
    for (let uid = 390; uid > 200; uid -= 10) {
      await flow.messageDelete(String(uid), { uid: true });
      removed.add(String(uid));
    }
    const expected = upTo(400).filter((n) => !removed.has(n));
    await committed.until(() => {
      const seen = new Set(subjects(committed));
      return expected.every((n) => seen.has(n));
    });
    expect(committed.arrivals.filter(({ notes }) => notes['unreadable'] !== undefined)).toEqual([]);
    expectKeysOnce(committed);
    flow.close();
  });

  test('whose server is killed and comes back is read on, nothing twice, nothing lost', async () => {
    deliver('INBOX', 1, 300);
    const committed = committing();
    for (let kills = 0; kills < 5; kills += 1) {
      const before = committed.arrivals.length;
      const reader = read({}, committed);
      deliver('INBOX', 301 + kills * 20, 320 + kills * 20);
      await committed.until(() => committed.arrivals.length > before);
      await dovecot.kill();
      await expect(reader.ended).rejects.toThrow();
      await reader.live.close();
      await dovecot.start();
    }
    read({}, committed);
    await committed.until(() => committed.arrivals.length >= 400);
    expect(subjects(committed)).toEqual(upTo(400));
    expectKeysOnce(committed);
  });

  test('refuses a wrong password as unauthorised; a dead server is something else', async () => {
    const context = account();
    context.change({ credentials: { imapPassword: 'wrong' } });
    const live = open(context);
    const error = await live.stream?.(async () => undefined, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Unauthorised' });
    expect(String(error)).not.toContain('wrong');
    await dovecot.kill();
    const other = await live.stream?.(async () => undefined, {}).catch((thrown: unknown) => thrown);
    expect(other).toBeInstanceOf(Error);
    expect(other).not.toMatchObject({ name: 'Unauthorised' });
    await live.close();
  });

  test('says in its Sent folder what became of an uncertain answer', async () => {
    const live = open(account());
    expect(await live.lookUp?.(mailPart(), 'k')).toBeNull();
    const flow = await client();
    await flow.append('Sent', 'Message-ID: <r1.abc@shop.example>\r\n\r\nhello\r\n');
    flow.close();
    expect(await live.lookUp?.(mailPart(), 'k')).toMatchObject({
      kind: 'sent',
      externalId: '<r1.abc@shop.example>',
    });
    await live.close();
  });

  test('is found well by the check, and a missing folder is named with those there are', async () => {
    const live = open(account({ folders: ['INBOX', 'Beschwerden'] }));
    const { findings } = await live.check();
    expect(findings).toMatchObject([
      { cause: 'ok' },
      { cause: 'setting', next: { en: expect.stringContaining('Sent') as string } },
      { cause: 'ok', sending: 'impossible' },
    ]);
    await live.close();
  });

  test('is left at once, twice, and by the signal', async () => {
    const { live, committed, ended, context } = read();
    await committed.until(() => committed.cursors['INBOX'] !== undefined);
    context.stop();
    await ended;
    await live.close();
    await live.close();
  });
});
