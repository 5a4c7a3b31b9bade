import fc from 'fast-check';
import { attachment } from './attachments.js';
import { decode } from './decode.js';
import { accountWith, envelopeOf, fixture, fixtureMail, mail, mailOf } from './testing/mails.js';
import { growth } from '../../test/effort.js';

const CHINESE = '您好，我买的水壶漏水，订单号 20261120。';
const WESTERN = 'Die Kanne ist undicht – 20 €.';

describe('a mail in any charset', () => {
  test.each([
    ['gb18030', `${CHINESE}𠮷`],
    ['gbk', CHINESE],
    ['gb2312', CHINESE],
    ['big5', '您好，我買的水壺漏水。'],
    ['iso-2022-jp', 'やかんが水漏れします。'],
    ['shift_jis', 'やかんが水漏れします。'],
    ['euc-kr', '주전자가 샙니다.'],
    ['windows-1251', 'Чайник протекает.'],
    ['windows-1252', WESTERN],
  ])('%s: subject and text are read', (charset, text) => {
    expect(fixtureMail(`charset-${charset}`)).toMatchObject({ subject: text, text });
  });

  test('is read without a label: Chinese by its pairs of bytes, headers too', () => {
    const read = fixtureMail('unlabelled-gbk-8bit-headers');
    expect(read).toMatchObject({ subject: '投诉：水壶漏水', text: CHINESE });
    expect(read.sender.name).toBe('张伟');
  });

  test('is read without a label: Western otherwise', () => {
    const read = fixtureMail('unlabelled-western-8bit');
    expect(read).toMatchObject({ subject: 'Réclamation', text: 'La théière fuit déjà.' });
  });

  test('UTF-7 is refused and said, never decoded', () => {
    const decoded = decode(envelopeOf(fixture('utf7-refused')), accountWith());
    expect(decoded).toMatchObject({ remarks: ['text in the charset utf-7 is not decoded'] });
    expect(JSON.stringify(decoded)).not.toContain('script');
  });
});

test('text with colons but without one field of a mail is no mail', () => {
  const json = Buffer.from('{"notificationType": "Bounce",\n"bounce": "permanent"}\n');
  expect(decode({ ...envelopeOf(json), body: json }, accountWith())).toMatchObject({
    kind: 'unreadable',
  });
});

describe('the parts of a mail', () => {
  test('file names are read in every spelling and lose their paths', () => {
    const { attachments, subject } = fixtureMail('names-rfc2231-and-2047');
    expect(subject).toBe('照片');
    expect(attachments.map(({ name, size }) => [name, size])).toEqual([
      ['水壶 照片.jpg', 3],
      ['发票.pdf', 3],
      ['说明.txt', 14],
      ['.._.._etc_passwd', 1],
    ]);
  });

  test('an attachment comes back byte for byte', async () => {
    const envelope = envelopeOf(fixture('names-rfc2231-and-2047'));
    const ref = mailOf(envelope).attachments[0]?.ref ?? '';
    expect(await attachment(envelope, ref)).toEqual({
      name: '水壶 照片.jpg',
      type: 'image/jpeg',
      bytes: Buffer.from('JPG'),
    });
    expect(await attachment(envelope, '99')).toBeNull();
    expect(await attachment(envelope, '__proto__')).toBeNull();
  });

  test('HTML becomes text, and what is shown holds no code, no form and no remote picture', () => {
    const { text, html, attachments } = fixtureMail('html-only-with-inline-image');
    expect(text).toBe('水壶漏水。\n\nSee the order <https://shop.example/o/1>');
    expect(html).toContain('src="cid:pic1"');
    expect(html).toContain('data-remote-src="https://tracker.example/p.gif"');
    expect(html).not.toMatch(/<script|<form|<input|<style| src="https/);
    expect(attachments).toMatchObject([{ name: 'p.png', inline: true, contentId: 'pic1' }]);
  });

  test('a mail forwarded as a file without a word keeps its words and is named by its subject', () => {
    const { text, attachments } = fixtureMail('forward-as-attachment-without-words');
    expect(text).toContain('水壶坏了，请处理。');
    expect(attachments).toMatchObject([{ name: '水壶坏了.eml', type: 'message/rfc822' }]);
  });

  test('winmail.dat is named', () => {
    expect(fixtureMail('outlook-winmail-dat').attachments).toMatchObject([{ name: 'winmail.dat' }]);
  });

  test('an invitation says what it invites to', () => {
    const { text, calendar } = fixtureMail('calendar-invite-without-text');
    expect(text).toContain('Call about the kettle');
    expect(calendar).toMatchObject({ method: 'REQUEST', organizer: 'zhang@customer.example' });
  });

  test('broken headers are passed over and odd names pollute nothing', () => {
    const read = fixtureMail('broken-headers');
    expect(read).toMatchObject({ subject: 'folded  subject', text: 'only text', date: null });
    expect(read.sender).toMatchObject({ handle: 'zhang@customer.example', name: 'Zhang, Wei' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('an mbox line, bare line feeds and flowed lines are understood', () => {
    expect(fixtureMail('lf-only-with-mbox-line')).toMatchObject({
      text: 'A line that flows on.',
      date: '2026-11-20T08:15:00+08:00',
    });
  });

  test('padding inside base64 does not shift what follows', async () => {
    const file = await attachment(envelopeOf(fixture('base64-with-list-footer')), '0');
    expect(file?.bytes.toString()).toBe('Helloworld');
  });
});

describe('the id of a mail', () => {
  const one = mail(['From: a@x.example', 'Message-ID: <m@x.example>']);

  test('is the same from two folders and whatever servers add on the way', () => {
    const other = `Received: by mx\r\nDelivered-To: b@shop.example\r\n${one}`;
    expect(mailOf(envelopeOf(other)).id).toBe(mailOf(envelopeOf(one)).id);
  });

  test('differs for another content under the same Message-ID', () => {
    const forged = mail(['From: a@x.example', 'Message-ID: <m@x.example>'], 'Something else.');
    expect(mailOf(envelopeOf(forged)).id).not.toBe(mailOf(envelopeOf(one)).id);
  });
});

describe('limits', () => {
  const head = 'From: a@x.example\r\nSubject: x\r\n';
  const multipart = `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n`;
  const deep = (levels: number): string =>
    Array.from(
      { length: levels },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    ).join('');

  test.each([
    ['ten thousand parts', `${multipart}${'--b\r\n\r\nx\r\n'.repeat(10_000)}`, 'MIME parts'],
    ['parts 200 deep', head + deep(200), 'nested deeper'],
    ['100,000 header lines', `${'X: y\r\n'.repeat(100_000)}\r\nhi`, 'header lines'],
    ['a header of 2 MB', `${head}X: ${'y'.repeat(2_000_000)}\r\n\r\nhi`, 'headers longer'],
    ['three million lines', `${head}\r\n${'\n'.repeat(3_000_000)}`, 'lines'],
    ['no header at all', 'hello there', 'no mail header'],
    ['nothing', '', 'no mail header'],
  ])('%s: unreadable with a sentence', (_, body, words) => {
    const decoded = decode(envelopeOf(body), accountWith());
    expect(decoded.kind === 'unreadable' && decoded.why).toContain(words);
  });

  test('more than 50 MB is unreadable', () => {
    const body = Buffer.alloc(50 * 1024 * 1024 + 1, 'x');
    expect(decode(envelopeOf(body), accountWith()).kind).toBe('unreadable');
  });

  test('a mail of one million lines is read, and says what it cut', () => {
    const read = mailOf(envelopeOf(`${head}\r\n${'hello world\r\n'.repeat(1_000_000)}`));
    expect(read).toMatchObject({ truncated: 'text' });
    expect(read.text).toHaveLength(200_000);
  });

  test('four times the lines are four times the work', () => {
    const read = (lines: number) =>
      mailOf(envelopeOf(`${head}\r\n${'hello world\r\n'.repeat(lines)}`));
    expect(growth(100_000, read)).toMatchObject({ linear: true });
  });

  test.each([
    ['tags left open', 8_000, (n: number) => `<div>${'<table><tr><td>'.repeat(n)}`],
    [
      'closing tags without opening ones',
      25_000,
      (n: number) => '<p>'.repeat(n / 50) + '</x>'.repeat(n),
    ],
    ['quotes left open', 25_000, (n: number) => '<a href="'.repeat(n)],
    ['comments left open', 50_000, (n: number) => '<!--'.repeat(n)],
    ['tiny tags', 15_000, (n: number) => '<b>a</b>'.repeat(n)],
  ])('HTML of %s is linear work', (_, size, html) => {
    const read = (n: number) =>
      mailOf(envelopeOf(`${head}Content-Type: text/html\r\n\r\n${html(n)}`));
    expect(growth(size, read)).toMatchObject({ linear: true });
  });
});

describe('hostile bytes', () => {
  const seeds = ['names-rfc2231-and-2047', 'bounce-rfc3464', 'charset-gb18030', 'broken-headers'];

  test('a mail with bytes changed, cut or doubled never throws', () => {
    const change = fc.record({
      seed: fc.constantFrom(...seeds),
      at: fc.nat(2_000),
      bytes: fc.uint8Array({ maxLength: 40 }),
      cut: fc.nat(2_000),
    });
    fc.assert(
      fc.property(change, ({ seed, at, bytes, cut }) => {
        const body = fixture(seed);
        const place = Math.min(at, body.length);
        const changed = Buffer.concat([
          body.subarray(0, place),
          Buffer.from(bytes),
          body.subarray(place, Math.max(place, body.length - cut)),
        ]);
        const decoded = decode(envelopeOf(changed), accountWith());
        expect(['raws', 'unreadable']).toContain(decoded.kind);
      }),
      { numRuns: 300 },
    );
  });

  test('U+0000 and lone surrogates are replaced and said', () => {
    const decoded = decode(envelopeOf(mail(['From: a@x.example'], 'a\u0000b')), accountWith());
    expect(decoded).toMatchObject({ remarks: ['unreadable characters were replaced'] });
  });

  test('U+0000 in a header is in no id and in no name', () => {
    const header = ['From: a@x.example', 'In-Reply-To: <m1@x.exa\u0000mple>', 'List-Id: a\u0000b'];
    const decoded = decode(envelopeOf(mail(header, 'Hello')), accountWith());
    expect(decoded).toMatchObject({
      raws: [{ body: { inReplyTo: '<m1@x.example>', listId: 'a b' } }],
    });
  });
});
