import { answer, halfAnswer, resetWithoutAnswer, silence } from '../../simulators/faults.js';
import { isLogin } from '../../simulators/mail/imap/session.js';
import { startMail } from '../../simulators/mail/mail.js';
import type { MailOptions, MailSimulator } from '../../simulators/mail/mail.js';
import type { Live } from '../../src/sdk/index.js';
import { open } from './live.js';
import { MAX_MAIL_BYTES } from './settings.js';
import { committing, contextFor, mailPart } from './testing/context.js';
import type { Committed, TestContext } from './testing/context.js';

const HELP = 'help@shop.example';

let mail: MailSimulator;
const opened: { live: Live; ended: Promise<unknown> }[] = [];

async function provider(options: MailOptions = {}): Promise<void> {
  mail = await startMail({ mailboxes: { [HELP]: 'canary-secret' }, ...options });
}

afterEach(async () => {
  for (const { live, ended } of opened.splice(0)) {
    await live.close();
    await ended;
  }
  await mail.close();
});

function account(imap: Record<string, unknown> = {}): TestContext {
  return contextFor({
    settings: {
      address: HELP,
      imap: { ...mail.imap, tls: 'none', pollSeconds: 5, historyDays: 3_650, ...imap },
      smtp: { ...mail.smtp, tls: 'none' },
    },
    credentials: { imapPassword: 'canary-secret' },
  });
}

/** Streams until the link breaks or the test ends; the promise is the error, or null for a quiet end. */
function read(committed: Committed, context = account()): Promise<unknown> {
  const live = open(context);
  const streaming = live.stream?.(committed.emit, { ...committed.cursors });
  const ended = Promise.resolve(streaming).then(
    () => null,
    (error: unknown) => error,
  );
  opened.push({ live, ended });
  return ended;
}

const letter = (subject: string): string =>
  `From: zhang@customer.example\r\nMessage-ID: <${subject}@customer.example>\r\n` +
  `Subject: ${subject}\r\n\r\nMy parcel did not arrive.\r\n`;
const deliver = (...subjects: string[]): void => {
  for (const subject of subjects) mail.deliver(HELP, 'INBOX', letter(subject));
};
const subjects = ({ arrivals }: Committed): string[] =>
  arrivals.map(({ body }) => /^Subject: (.*)$/m.exec(body.toString())?.[1]?.trim() ?? '?');

describe('a mailbox that behaves', () => {
  test('is read and watched; a push needs no poll', async () => {
    await provider();
    deliver('one');
    const committed = committing();
    void read(committed, account({ pollSeconds: 3_600 }));
    await committed.until(() => committed.cursors['INBOX'] !== undefined);
    deliver('two');
    await committed.until(() => committed.arrivals.length === 2);
    expect(subjects(committed)).toEqual(['one', 'two']);
  });

  test('that wants to know who we are is told (163)', async () => {
    await provider({ wantsId: true });
    deliver('one');
    const committed = committing();
    void read(committed);
    await committed.until(() => committed.arrivals.length === 1);
  });

  test('cursor and mails stand in one commit, in batches of at most 50', async () => {
    await provider();
    deliver(...Array.from({ length: 120 }, (_, n) => `m${n + 1}`));
    const committed = committing();
    const sizes: number[] = [];
    const emit: Committed['emit'] = async (batch, cursors) => {
      if (batch.length > 0) {
        sizes.push(batch.length);
        const last = batch.at(-1)?.notes['uid'];
        expect(cursors?.['INBOX']?.split(':')[1]).toBe(last);
      }
      await committed.emit(batch, cursors);
    };
    void read({ ...committed, emit });
    await committed.until(() => committed.arrivals.length === 120);
    expect(sizes).toEqual([50, 50, 20]);
  });

  test('a batch that could not be stored is read again, and says it was not the mailbox', async () => {
    await provider();
    deliver('one', 'two');
    const committed = committing();
    const failing: Committed['emit'] = () => Promise.reject(new Error('disk full'));
    const error = await read({ ...committed, emit: failing });
    expect(String(error)).toContain('could not be stored');
    void read(committed);
    await committed.until(() => committed.arrivals.length === 2);
  });

  test('our own mail in the Sent folder comes as our own', async () => {
    await provider({ keepsSent: true });
    const committed = committing();
    const context = account();
    void read(committed, context);
    await committed.until(() => committed.cursors['INBOX'] !== undefined);
    const live = open(context);
    expect((await live.send(mailPart(), 'k')).kind).toBe('sent');
    await live.close();
    await committed.until(() => committed.arrivals.length === 1);
    expect(committed.arrivals[0]?.notes['role']).toBe('sent');
  });
});

describe('a mailbox that does not', () => {
  test('a mail expunged in the moment it is fetched is left out, the others are read', async () => {
    await provider();
    deliver('one', 'two', 'three');
    mail.mailboxes.expungeDuringFetch(HELP, 'INBOX', 2);
    const committed = committing();
    void read(committed);
    await committed.until(() => committed.cursors['INBOX']?.split(':')[1] === '3');
    expect(subjects(committed)).toEqual(['one', 'three']);
  });

  test('renumbered while it is read: the recent mail comes again, nothing is missing', async () => {
    await provider();
    deliver('one', 'two');
    const committed = committing();
    const broken = read(committed);
    await committed.until(() => committed.arrivals.length === 2);
    mail.mailboxes.changeUidValidity(HELP, 'INBOX');
    expect(await broken).toBeInstanceOf(Error);
    deliver('three');
    void read(committed);
    await committed.until(() => subjects(committed).includes('three'));
    expect(new Set(subjects(committed))).toEqual(new Set(['one', 'two', 'three']));
    const keys = committed.arrivals.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('old mail of a renumbered folder is not read again', async () => {
    await provider({ now: () => new Date('2026-01-01T00:00:00Z') });
    deliver('old');
    const committed = committing({ INBOX: `999:7:${Date.parse('2026-03-01T00:00:00Z')}` });
    void read(committed);
    await committed.until(() => committed.cursors['INBOX']?.startsWith('999') === false);
    expect(committed.arrivals).toEqual([]);
  });

  test('a mail it does not hand out comes as its header, marked, and holds up nobody', async () => {
    await provider();
    deliver('one', 'two', 'three');
    mail.scriptImap({
      when: ({ name, text }) =>
        name === 'UID FETCH' && /BODY\.PEEK\[\]/.test(text) && holds(text, 2),
      times: Infinity,
      then: answer('NO', 'cannot be converted to RFC 822'),
    });
    const committed = committing();
    void read(committed);
    await committed.until(() => committed.arrivals.length === 3);
    expect(subjects(committed)).toEqual(['one', 'two', 'three']);
    expect(committed.arrivals.map(({ notes }) => notes['unreadable'] !== undefined)).toEqual([
      false,
      true,
      false,
    ]);
    expect(committed.arrivals[1]?.body.toString()).not.toContain('parcel');
  });

  test('a mail over the limit comes as its header, with its size', async () => {
    await provider();
    const head = letter('huge');
    mail.deliver(HELP, 'INBOX', head + 'x'.repeat(MAX_MAIL_BYTES));
    deliver('after');
    const committed = committing();
    void read(committed);
    await committed.until(() => committed.arrivals.length === 2);
    expect(subjects(committed)).toEqual(['huge', 'after']);
    expect(committed.arrivals[0]?.notes['oversize']).toBe(String(head.length + MAX_MAIL_BYTES));
    expect(committed.arrivals[0]?.body.length).toBeLessThan(1_000);
  });

  test('a login refused is unauthorised; one put off, or cut off, is not', async () => {
    await provider();
    const refused = mail.scriptImap({
      when: isLogin,
      then: answer('NO', '[AUTHENTICATIONFAILED] canary-secret is wrong'),
    });
    const first = await read(committing());
    expect(refused.struck).toBe(1);
    expect(first).toMatchObject({ name: 'Unauthorised' });
    expect(String(first)).not.toContain('canary-secret');
    mail.scriptImap({ when: isLogin, then: answer('NO', '[UNAVAILABLE] try later') });
    expect(await read(committing())).not.toMatchObject({ name: 'Unauthorised' });
    mail.scriptImap({ when: isLogin, then: resetWithoutAnswer({ taken: false }) });
    const third = await read(committing());
    expect(third).toBeInstanceOf(Error);
    expect(third).not.toMatchObject({ name: 'Unauthorised' });
  });

  const breaks = [resetWithoutAnswer({ taken: false }), halfAnswer()];
  test.each(breaks)(
    'a link that breaks in a FETCH ($kind) is read on from the last commit',
    async (fault) => {
      await provider();
      deliver(...Array.from({ length: 120 }, (_, n) => `m${n + 1}`));
      const committed = committing();
      let bodies = 0;
      mail.scriptImap({
        when: ({ name, text }) =>
          name === 'UID FETCH' && text.includes('BODY.PEEK[]') && (bodies += 1) === 2,
        then: fault,
      });
      expect(await read(committed)).toBeInstanceOf(Error);
      expect(committed.arrivals).toHaveLength(50);
      void read(committed);
      await committed.until(() => committed.arrivals.length === 120);
      expect(new Set(subjects(committed)).size).toBe(120);
    },
  );

  test('connections that drop again and again lose nothing and repeat nothing', async () => {
    await provider();
    const committed = committing();
    for (let n = 1; n <= 8; n += 1) {
      const ended = read(committed);
      deliver(`a${n}`, `b${n}`);
      await committed.until(() => committed.arrivals.length >= n * 2 - 1);
      mail.mailboxes.dropConnections();
      expect(await ended).toBeInstanceOf(Error);
    }
    void read(committed);
    await committed.until(() => committed.arrivals.length >= 16);
    expect(new Set(subjects(committed)).size).toBe(16);
    expect(committed.arrivals).toHaveLength(16);
  });

  test('a server that falls silent is left when we close', async () => {
    await provider();
    const silent = mail.scriptImap({
      when: ({ name }) => name === 'EXAMINE',
      times: Infinity,
      then: silence({ taken: false }),
    });
    const live = open(account());
    const streaming = live.stream?.(async () => undefined, {});
    while (silent.struck === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await live.close();
    await streaming;
  });
});

/** Whether a UID set names a UID. */
function holds(text: string, uid: number): boolean {
  const set = text.split(' ')[0] ?? '';
  return set.split(',').some((part) => {
    const [from = 0, to = from] = part.split(':').map(Number);
    return uid >= from && uid <= to;
  });
}

describe('looking up an uncertain answer', () => {
  test('finds what the provider filed as sent, and knows nothing otherwise', async () => {
    await provider({ keepsSent: true });
    const context = account();
    const live = open(context);
    mail.scriptSmtp({ then: resetWithoutAnswer({ taken: true }) });
    expect((await live.send(mailPart(), 'k')).kind).toBe('uncertain');
    expect(await live.lookUp?.(mailPart(), 'k')).toMatchObject({ kind: 'sent' });
    const other = mailPart({ messageId: '<never@shop.example>' });
    expect(await live.lookUp?.(other, 'k')).toBeNull();
    await mail.goOffline();
    expect(await live.lookUp?.(mailPart(), 'k')).toBeNull();
    await live.close();
  });
});

describe('the check', () => {
  const causes = async (context: TestContext): Promise<string[]> => {
    const live = open(context);
    const { ok, findings } = await live.check();
    await live.close();
    expect(ok).toBe(findings.every((finding) => finding.ok));
    for (const finding of findings) {
      expect(finding.text.zh).toMatch(/\p{Script=Han}/u);
      expect(finding.ok || finding.next !== undefined).toBe(true);
      expect(JSON.stringify(finding)).not.toContain('canary-secret');
    }
    return findings.map(({ cause }) => cause);
  };

  test('is content with an account that works', async () => {
    await provider();
    expect(await causes(account())).toEqual(['ok', 'ok']);
  });

  test('names the credentials, the network, the name and the encryption apart', async () => {
    await provider();
    const wrong = account();
    wrong.change({ credentials: { imapPassword: 'canary-secret2' } });
    expect(await causes(wrong)).toEqual(['credentials', 'credentials']);
    const missing = account();
    missing.change({ credentials: {} });
    expect(await causes(missing)).toEqual(['credentials', 'credentials']);
    expect(await causes(account({ host: 'no-such-host.invalid' }))).toEqual(['dns', 'ok']);
    expect(await causes(account({ tls: 'implicit' }))).toEqual(['tls', 'ok']);
    await mail.goOffline();
    expect(await causes(account())).toEqual(['network', 'network']);
  });

  test('says in both languages of a password that is missing that nobody refused it', async () => {
    await provider();
    const missing = account();
    missing.change({ credentials: {} });
    const { findings } = await open(missing).check();
    expect(findings.map(({ text }) => text)).toEqual([
      { en: 'IMAP: the password is missing (imapPassword).', zh: 'IMAP：未填写 imapPassword。' },
      { en: 'SMTP: the password is missing (smtpPassword).', zh: 'SMTP：未填写 smtpPassword。' },
    ]);
    expect(findings[0]?.fields).toEqual(['credentials.imapPassword']);
  });

  test('says of an account that only listens that answers cannot leave, and what to set', async () => {
    const live = open(contextFor({ settings: { listener: { port: 0 } } }));
    const { ok, findings } = await live.check();
    await live.close();
    expect(ok).toBe(true);
    expect(findings.at(-1)).toMatchObject({
      sending: 'impossible',
      text: { en: expect.stringContaining('smtp.host') as string },
      fields: ['settings.smtp.host'],
    });
  });

  test('says of an account without any server that nothing can come in', async () => {
    await provider();
    expect(await causes(contextFor({}))).toEqual(['setting']);
  });
});
