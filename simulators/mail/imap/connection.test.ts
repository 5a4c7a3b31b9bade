import { connect, type Socket } from 'node:net';
import { startMail, type MailSimulator } from '../mail.js';

/** A client that says exactly what a test wants it to say. */
interface RawClient {
  /** Sends, and resolves with everything that came until `end` was in it. */
  say(text: string, end: string): Promise<string>;
  readonly socket: Socket;
}

function rawClient(port: number): RawClient {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  let listen: (() => void) | null = null;
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    listen?.();
  });
  return {
    socket,
    say(text, end) {
      socket.write(text);
      return new Promise((resolve) => {
        listen = () => {
          if (!heard.includes(end)) return;
          listen = null;
          resolve(heard);
          heard = '';
        };
        listen();
      });
    },
  };
}

describe('an IMAP connection, line by line', () => {
  let mail: MailSimulator;
  let client: RawClient;

  beforeEach(async () => {
    mail = await startMail({ mailboxes: { 'a@hub.test': 'pw' }, wantsId: true });
    client = rawClient(mail.imap.port);
    await client.say('', 'ready\r\n');
  });
  afterEach(async () => {
    client.socket.destroy();
    await mail.close();
  });

  const login = (): Promise<string> => client.say('1 LOGIN a@hub.test "pw"\r\n', '1 OK');
  const open = async (): Promise<void> => {
    await login();
    await client.say('2 ID NIL\r\n3 SELECT INBOX\r\n', '3 OK');
  };

  test('a folder may not be opened before ID, as at 163.com', async () => {
    await login();
    await expect(client.say('2 SELECT INBOX\r\n', '2 ')).resolves.toContain(
      '2 NO SELECT Unsafe Login',
    );
    await expect(client.say('3 ID NIL\r\n4 SELECT INBOX\r\n', '4 ')).resolves.toContain('4 OK');
  });

  test.each([
    ['FETCH 1 UID', 'log in first'],
    ['FROBNICATE', 'log in first'],
    ['LOGIN onlyname', 'name and password'],
    ['AUTHENTICATE GSSAPI', 'unknown mechanism'],
  ])('%s before a login is refused', async (line, why) => {
    await expect(client.say(`x ${line}\r\n`, 'x ')).resolves.toContain(why);
  });

  test('AUTHENTICATE PLAIN asks for the response when it is not there yet', async () => {
    await client.say('1 AUTHENTICATE PLAIN\r\n', '+ ');
    const response = Buffer.from('\0a@hub.test\0pw').toString('base64');
    await expect(client.say(`${response}\r\n`, '1 ')).resolves.toContain('1 OK');
  });

  test('a line that cannot be read is refused, and the connection lives', async () => {
    await expect(client.say('x "open\r\n', 'BAD')).resolves.toContain('* BAD');
    await expect(client.say('y NOOP\r\n', 'y ')).resolves.toContain('y OK');
  });

  test('commands sent in one go are answered in order', async () => {
    const heard = await client.say('a NOOP\r\nb CAPABILITY\r\nc NOOP\r\n', 'c OK');
    expect(heard.indexOf('a OK')).toBeLessThan(heard.indexOf('b OK'));
  });

  test('an expunge is told by NOOP, and not during FETCH by sequence number', async () => {
    mail.deliver('a@hub.test', 'INBOX', 'Subject: 1\r\n\r\nx');
    mail.deliver('a@hub.test', 'INBOX', 'Subject: 2\r\n\r\nx');
    await open();
    mail.mailboxes.expunge('a@hub.test', 'INBOX', 1);
    const fetched = await client.say('4 FETCH 1:2 (UID)\r\n', '4 ');
    expect(fetched).toContain('* 2 FETCH (UID 2)');
    expect(fetched).toContain('EXPUNGEISSUED');
    expect(fetched).not.toContain('EXPUNGE\r\n');
    await expect(client.say('5 NOOP\r\n', '5 ')).resolves.toContain('* 1 EXPUNGE\r\n');
  });

  test('reading a body without PEEK marks the mail as seen, not so after EXAMINE', async () => {
    mail.deliver('a@hub.test', 'INBOX', 'Subject: 1\r\n\r\nx');
    await open();
    await client.say('4 EXAMINE INBOX\r\n5 FETCH 1 BODY[]\r\n', '5 OK');
    const flags = (): string[] => [
      ...(mail.mailboxes.mails('a@hub.test', 'INBOX')[0]?.flags ?? []),
    ];
    expect(flags()).toEqual([]);
    await client.say('6 SELECT INBOX\r\n7 FETCH 1 BODY[TEXT]\r\n', '7 OK');
    expect(flags()).toEqual(['\\Seen']);
  });

  test('CLOSE expunges what is deleted', async () => {
    mail.deliver('a@hub.test', 'INBOX', 'Subject: 1\r\n\r\nx');
    await open();
    await client.say('4 STORE 1 +FLAGS.SILENT \\Deleted\r\n5 CLOSE\r\n', '5 OK');
    expect(mail.mailboxes.mails('a@hub.test', 'INBOX')).toEqual([]);
  });

  test('something other than DONE ends IDLE with BAD', async () => {
    await open();
    await client.say('4 IDLE\r\n', '+ idling');
    await expect(client.say('5 NOOP\r\n', '4 ')).resolves.toContain('4 BAD');
  });

  test('a literal beyond the limit ends the connection', async () => {
    await expect(client.say('x APPEND INBOX {99999999}\r\n', 'BYE')).resolves.toContain(
      'too large',
    );
  });
});
