import PostalMime from 'postal-mime';
import type { HttpResult, Outcome } from '../../src/sdk/index.js';
import { createSender } from './send.js';
import type { Sender } from './send.js';
import { contextFor, mailPart } from './testing/context.js';
import type { TestContext, Wishes } from './testing/context.js';
import { scriptedSmtp } from './testing/smtp-script.js';
import type { Script, ScriptedSmtp, Step, Turn } from './testing/smtp-script.js';

interface Scene {
  readonly server: ScriptedSmtp;
  readonly sender: Sender;
  readonly context: TestContext;
}

const scenes: Scene[] = [];

async function scene(
  script: Script,
  wishes: Wishes = {},
  auth = 'password',
  patience = 300,
): Promise<Scene> {
  const server = await scriptedSmtp(script);
  const smtp = { host: '127.0.0.1', port: server.port, tls: 'none', user: 'help', auth };
  const context = contextFor({
    ...wishes,
    settings: { smtp, ...wishes.settings },
    credentials: { smtpPassword: 'canary-secret', ...wishes.credentials },
  });
  const made = { server, context, sender: createSender(context, { patience }) };
  scenes.push(made);
  return made;
}

afterEach(async () => {
  for (const { sender, server } of scenes.splice(0)) {
    await sender.close();
    await server.close();
  }
});

/** `failed` outcomes by their failure's kind, the others by their own. */
function verdict(outcome: Outcome): string {
  if (outcome.kind !== 'failed') return outcome.kind;
  const { failure } = outcome;
  return failure.kind === 'refused' ? `refused ${failure.cause}` : failure.kind;
}

const logins = ({ server }: Scene): number =>
  server.heard.filter((line) => line.startsWith('AUTH')).length;

describe('an answer the mail server takes', () => {
  test('carries thread headers, copies and files exactly', async () => {
    const photo = Buffer.from('not really a photo');
    const { server, sender } = await scene({}, { blobs: [photo] });
    const cc = [{ name: '李"雷', address: 'lilei@customer.example' }];
    expect(await sender.send(mailPart({ cc }, [photo]), 'k1')).toEqual({
      kind: 'sent',
      externalId: '<r1.abc@shop.example>',
      certainty: 'final',
    });
    const mail = await PostalMime.parse(server.mails[0] ?? '');
    expect(mail).toMatchObject({
      messageId: '<r1.abc@shop.example>',
      inReplyTo: '<m1@customer.example>',
      references: '<m0@customer.example> <m1@customer.example>',
      subject: 'Re: 订单没有到',
      to: [{ name: '张伟', address: 'zhang@customer.example' }],
      cc: [{ name: '李"雷', address: 'lilei@customer.example' }],
    });
    expect(mail.attachments[0]?.filename).toBe('照片 1.jpg');
    expect(Buffer.from(mail.attachments[0]?.content as ArrayBuffer)).toEqual(photo);
    expect(server.heard.filter((line) => line.startsWith('RCPT'))).toEqual([
      'RCPT TO:<zhang@customer.example>',
      'RCPT TO:<lilei@customer.example>',
    ]);
  });

  test('shares one login with the answers after it', async () => {
    const made = await scene({});
    for (const key of ['a', 'b', 'c']) await made.sender.send(mailPart(), key);
    expect([made.server.connections(), logins(made)]).toEqual([1, 1]);
  });

  test('goes over a new login once the password was changed', async () => {
    const made = await scene({});
    await made.sender.send(mailPart(), 'a');
    made.context.change({ credentials: { smtpPassword: 'another' } });
    await made.sender.send(mailPart(), 'b');
    expect(logins(made)).toBe(2);
  });

  test('goes over a fresh connection when the kept one turns out dead, and arrives once', async () => {
    let mails = 0;
    const dropSecond = (): Turn => ((mails += 1) === 2 ? 'reset' : { say: '250 ok' });
    const { server, sender } = await scene({ MAIL: dropSecond });
    await sender.send(mailPart(), 'a');
    expect(verdict(await sender.send(mailPart({ messageId: '<b@shop.example>' }), 'b'))).toBe(
      'sent',
    );
    expect(server.mails.filter((mail) => mail.includes('<b@shop.example>'))).toHaveLength(1);
  });

  test('a hundred at once use four connections', async () => {
    // A busy machine may be slow, but it answers.
    const { server, sender } = await scene({}, {}, 'password', 60_000);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, n) => sender.send(mailPart(), `k${n}`)),
    );
    expect(outcomes.map(verdict)).toEqual(Array.from({ length: 100 }, () => 'sent'));
    expect(server.mails).toHaveLength(100);
    expect(server.connections()).toBeLessThanOrEqual(5);
  });
});

describe('an answer that nobody waits for any more', () => {
  test('before its turn came never begins, and says so at once', async () => {
    const { server, sender } = await scene({ dot: 'silence' }, {}, 'password', 60_000);
    const busy = Array.from({ length: 4 }, (_, n) => sender.send(mailPart(), `k${n}`));
    const waited = new AbortController();
    const late = sender.send(mailPart({ subject: 'too late' }), 'late', waited.signal);
    waited.abort();
    expect(verdict(await late)).toBe('transient');
    await sender.close();
    await Promise.all(busy);
    expect(server.mails.join()).not.toContain('too late');
  });

  test('while the server was still greeting is not handed over', async () => {
    const waited = new AbortController();
    const { server, sender } = await scene({
      AUTH: () => {
        waited.abort();
        return { say: '235 2.7.0 ok' };
      },
    });
    expect(verdict(await sender.send(mailPart(), 'k', waited.signal))).toBe('transient');
    expect(server.heard.some((line) => line.startsWith('MAIL'))).toBe(false);
    expect(verdict(await sender.send(mailPart(), 'k'))).toBe('sent');
  });
});

describe('a dialogue that breaks', () => {
  const before: readonly Step[] = ['connect', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'];
  const breaks: readonly Turn[] = ['reset', 'hangUp', 'silence'];
  const early = before.flatMap((step) => breaks.map((turn): [Step, Turn] => [step, turn]));

  test.each(early)('at %s by %s: transient, nothing was taken', async (step, turn) => {
    const { server, sender } = await scene({ [step]: turn });
    expect(verdict(await sender.send(mailPart(), 'k'))).toBe('transient');
    expect(server.mails).toHaveLength(0);
  });

  test.each(breaks)('after the final dot by %s: uncertain, and not tried again', async (turn) => {
    const { server, sender } = await scene({ dot: turn });
    expect(verdict(await sender.send(mailPart(), 'k'))).toBe('uncertain');
    expect(server.mails).toHaveLength(1);
  });

  test('in the middle of a large mail: transient', async () => {
    const large = Buffer.alloc(12 * 1024 * 1024, 'x');
    const { server, sender } = await scene({ halfway: 'reset' }, { blobs: [large] });
    expect(verdict(await sender.send(mailPart({}, [large]), 'k'))).toBe('transient');
    expect(server.mails).toHaveLength(0);
  });

  test('where nobody listens: transient', async () => {
    const { server, sender } = await scene({});
    await server.close();
    expect(verdict(await sender.send(mailPart(), 'k'))).toBe('transient');
  });

  test('half an answer to the dot is no answer', async () => {
    const { sender } = await scene({ dot: { say: '250-2.0.0 que' } });
    expect(verdict(await sender.send(mailPart(), 'k'))).toBe('uncertain');
  });
});

describe('an answer the mail server refuses', () => {
  const table: readonly [Step, string, string][] = [
    ['AUTH', '535 5.7.8 no', 'unauthorised'],
    ['AUTH', '454 4.7.0 later', 'transient'],
    ['MAIL', '421 4.7.0 later', 'transient'],
    ['MAIL', '550 5.7.1 not your address', 'misconfigured'],
    ['RCPT', '450 4.2.0 greylisted', 'transient'],
    ['RCPT', '550 5.1.1 unknown', 'refused recipientGone'],
    ['RCPT', '552 5.2.2 full', 'transient'],
    ['DATA', '451 4.3.0 later', 'transient'],
    ['dot', '451 4.3.0 later', 'transient'],
    ['dot', '421 4.3.2 closing', 'transient'],
    ['dot', '554 5.7.1 spam', 'refused content'],
    ['dot', '552 5.3.4 too big', 'refused content'],
    ['connect', '421 busy', 'transient'],
    ['connect', '554 no service', 'misconfigured'],
  ];
  test.each(table)('%s %s: %s', async (step, say, expected) => {
    const { sender } = await scene({ [step]: { say } });
    expect(verdict(await sender.send(mailPart(), 'k'))).toBe(expected);
  });

  test('for its size is refused before it leaves', async () => {
    const large = Buffer.alloc(200_000, 'x');
    const { server, sender } = await scene(
      { EHLO: { say: '250-mail.example\r\n250-SIZE 100000\r\n250 AUTH PLAIN' } },
      { blobs: [large] },
    );
    expect(verdict(await sender.send(mailPart({}, [large]), 'k'))).toBe('refused content');
    expect(server.heard).not.toContain('DATA');
  });

  test('for a server without STARTTLS names the setting', async () => {
    const { server, context } = await scene({});
    const smtp = { host: '127.0.0.1', port: server.port, tls: 'starttls', user: 'help' };
    context.change({ settings: { address: 'help@shop.example', smtp } });
    const sender = createSender(context, { patience: 300 });
    const outcome = await sender.send(mailPart(), 'k');
    await sender.close();
    expect(verdict(outcome)).not.toBe('sent');
    expect(server.heard.some((line) => line.startsWith('AUTH'))).toBe(false);
  });

  test('with a line break in a header never reaches the wire', async () => {
    const { server, sender } = await scene({});
    const subject = 'Re: hello\r\nBcc: victim@elsewhere.example';
    expect(verdict(await sender.send(mailPart({ subject }), 'k'))).toBe('refused content');
    expect(server.connections()).toBe(0);
  });
});

describe('several recipients', () => {
  const cc = [{ name: '', address: 'copy@customer.example' }];
  const refuse =
    (address: string, say: string) =>
    (line: string): Turn => ({ say: line.includes(address) ? say : '250 2.1.5 ok' });

  test('a refused copy does not undo the answer', async () => {
    const { sender, context } = await scene({ RCPT: refuse('copy@', '550 5.1.1 unknown') });
    expect(verdict(await sender.send(mailPart({ cc }), 'k'))).toBe('sent');
    expect(context.lines.join()).not.toContain('copy@customer.example');
  });

  test('an answer only the copies got is not sent', async () => {
    const { sender } = await scene({ RCPT: refuse('zhang@', '550 5.1.1 unknown') });
    expect(verdict(await sender.send(mailPart({ cc }), 'k'))).toBe('refused recipientGone');
  });

  test('the retry after a greylisted customer reaches no copy twice', async () => {
    const { server, sender } = await scene({ RCPT: refuse('zhang@', '450 4.2.0 greylisted') });
    expect(verdict(await sender.send(mailPart({ cc }), 'k'))).toBe('transient');
    server.rewrite({});
    server.heard.length = 0;
    // The kept dialogue still greylists; the one opened after it takes the customer.
    expect(verdict(await sender.send(mailPart({ cc }), 'k'))).toBe('transient');
    expect(verdict(await sender.send(mailPart({ cc }), 'k'))).toBe('sent');
    const named = server.heard.filter((line) => line.startsWith('RCPT'));
    expect(new Set(named)).toEqual(new Set(['RCPT TO:<zhang@customer.example>']));
  });
});

describe('signing in by OAuth', () => {
  const wishes = (answers: readonly HttpResult[], asked: string[]): Wishes => ({
    settings: { oauth: { tokenUrl: 'https://login.example/token' } },
    credentials: { oauthClientId: 'id', oauthRefreshToken: 'canary-refresh' },
    http: async (request) => {
      asked.push(String(request.body));
      return answers[Math.min(asked.length, answers.length) - 1] ?? { kind: 'unanswered', why: '' };
    },
  });
  const token = (value: string): HttpResult => ({
    kind: 'answer',
    status: 200,
    headers: {},
    body: Buffer.from(JSON.stringify({ access_token: value, expires_in: 3600 })),
  });
  const only =
    (good: string) =>
    (line: string): Turn => {
      const shown = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString();
      return { say: shown.includes(`Bearer ${good}\u0001`) ? '235 ok' : '535 5.7.8 no' };
    };

  test('fetches one token for many answers', async () => {
    const asked: string[] = [];
    const { sender } = await scene({ AUTH: only('t1') }, wishes([token('t1')], asked), 'oauth2');
    const outcomes = await Promise.all(['a', 'b', 'c'].map((k) => sender.send(mailPart(), k)));
    expect(outcomes.map(verdict)).toEqual(['sent', 'sent', 'sent']);
    expect(asked).toEqual(['grant_type=refresh_token&client_id=id&refresh_token=canary-refresh']);
  });

  test('fetches another token once when the server refuses the first', async () => {
    const asked: string[] = [];
    const answers = [token('stale'), token('t2')];
    const { sender } = await scene({ AUTH: only('t2') }, wishes(answers, asked), 'oauth2');
    expect(verdict(await sender.send(mailPart(), 'a'))).toBe('sent');
    expect(asked).toHaveLength(2);
  });

  test('a refresh token that is not honoured is unauthorised, a silent token server transient', async () => {
    const refusal: HttpResult = {
      kind: 'answer',
      status: 400,
      headers: {},
      body: Buffer.from('{"error":"invalid_grant","error_description":"canary"}'),
    };
    const gone = await scene({}, wishes([refusal], []), 'oauth2');
    const outcome = await gone.sender.send(mailPart(), 'a');
    expect(verdict(outcome)).toBe('unauthorised');
    expect(JSON.stringify(outcome)).not.toContain('canary');
    const silent = await scene({}, wishes([{ kind: 'unanswered', why: 'slow' }], []), 'oauth2');
    expect(verdict(await silent.sender.send(mailPart(), 'a'))).toBe('transient');
  });
});

describe('the end', () => {
  test('closes while a mail hangs, and says what is known of it', async () => {
    const { server, sender } = await scene({ dot: 'silence' });
    const slow = createSender(scenes[0]?.context ?? contextFor({}), { patience: 60_000 });
    const outcome = slow.send(mailPart(), 'k');
    while (server.mails.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await slow.close();
    await sender.close();
    expect(verdict(await outcome)).toBe('uncertain');
    expect(verdict(await slow.send(mailPart(), 'k2'))).toBe('transient');
  });

  test('closes while the server does not even greet', async () => {
    const { server, context } = await scene({ connect: 'silence' });
    const slow = createSender(context, { patience: 60_000 });
    const outcome = slow.send(mailPart(), 'k');
    while (server.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
    await slow.close();
    expect(verdict(await outcome)).toBe('transient');
  });

  test('no secret stands in an outcome or a log line', async () => {
    const echo = (line: string): Turn => ({ say: `535 5.7.8 you said ${line}` });
    const { sender, context } = await scene({ AUTH: echo });
    const outcome = await sender.send(mailPart(), 'k');
    const told = JSON.stringify(outcome) + context.lines.join();
    expect(told).not.toContain('canary-secret');
    expect(told).not.toContain(Buffer.from('\0help\0canary-secret').toString('base64'));
  });
});
