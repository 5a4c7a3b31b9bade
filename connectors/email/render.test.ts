import type { Reply } from '../../src/sdk/index.js';
import { plainAddress } from './mime/addresses.js';
import { render, replySubject } from './render.js';
import { accountWith, envelopeOf, mail, mailOf, NOW } from './testing/mails.js';
import { Settings } from './settings.js';
import { withLetterhead } from './letterhead.js';
import type { Answer, OutgoingMail } from './transport.js';

function replyTo(context: Record<string, unknown>, change: Partial<Reply> = {}): Reply {
  return {
    id: 'reply-1',
    text: '您好，我们会换一个新的。',
    html: null,
    attachments: [],
    composedAt: NOW,
    agent: 'li',
    conversation: {
      key: 'abcdefghijklmnop',
      handle: 'zhang@customer.example',
      name: '张伟',
      subject: '水壶坏了',
      ticket: 1,
      context,
    },
    ...change,
  };
}

/** The answer as it waits, rendered by these settings. */
function answerTo(reply: Reply, settings: Record<string, unknown> = {}): Answer {
  const rendered = render(reply, accountWith(settings));
  if (rendered.kind !== 'parts') throw new Error(JSON.stringify(rendered));
  return rendered.parts[0]?.payload as Answer;
}

/** The mail that it leaves as. */
function payloadOf(reply: Reply, settings: Record<string, unknown> = {}): OutgoingMail {
  return leavesAs(answerTo(reply, settings), settings);
}

function leavesAs(answer: Answer, settings: Record<string, unknown>): OutgoingMail {
  const mail = withLetterhead(answer, Settings.parse(accountWith(settings).settings));
  if (mail === null) throw new Error('the settings name no address');
  return mail;
}

describe('an answer by mail', () => {
  const context = {
    to: 'zhang@customer.example',
    cc: ['wife@customer.example', 'support@shop.example'],
    subject: 'Re: 回复: 水壶坏了',
    messageId: '<m1@customer.example>',
    references: ['<m0@customer.example>', '<m1@customer.example>'],
  };

  test('goes to the customer, keeps copies and the thread, and has one Re:', () => {
    expect(payloadOf(replyTo(context))).toMatchObject({
      to: [{ name: '张伟', address: 'zhang@customer.example' }],
      cc: [{ name: '', address: 'wife@customer.example' }],
      subject: 'Re: 水壶坏了',
      inReplyTo: '<m1@customer.example>',
      references: ['<m0@customer.example>', '<m1@customer.example>'],
      envelopeFrom: 'support@shop.example',
      replyTo: null,
    });
  });

  test('comes home: the customer’s answer to it is filed and proven', () => {
    const { messageId } = payloadOf(replyTo(context));
    const back = mail(['From: zhang@customer.example', `In-Reply-To: ${messageId}`]);
    expect(mailOf(envelopeOf(back))).toMatchObject({
      conversation: 'abcdefghijklmnop',
      token: { state: 'valid', proven: true },
    });
  });

  test('has the same Message-ID on every attempt and another one for another answer', () => {
    const again = payloadOf(replyTo(context)).messageId;
    expect(payloadOf(replyTo(context)).messageId).toBe(again);
    expect(payloadOf(replyTo(context, { id: 'reply-2' })).messageId).not.toBe(again);
  });

  test('asks for answers to the plus address where the mailbox takes it', () => {
    const { replyTo: asked, envelopeFrom } = payloadOf(replyTo(context), { plusAddress: true });
    expect(asked?.address).toBe(envelopeFrom);
    expect(envelopeFrom).toMatch(/^support\+abcdefghijklmnop\.[a-z0-9.]+@shop\.example$/);
    expect(envelopeFrom.split('@')[0]?.length).toBeLessThanOrEqual(64);
  });

  test('leaves the plus address out where the local part would be too long', () => {
    const settings = { plusAddress: true, address: 'customer-complaints@shop.example' };
    expect(payloadOf(replyTo(context), settings).replyTo).toBeNull();
  });

  test('holds at most twenty references, the root among them', () => {
    const references = Array.from({ length: 500 }, (_, i) => `<m${i}@customer.example>`);
    const kept = payloadOf(replyTo({ ...context, references })).references;
    expect(kept).toHaveLength(20);
    expect(kept[0]).toBe('<m0@customer.example>');
  });

  test('escapes the text in its HTML and adds the signature', () => {
    const payload = payloadOf(replyTo(context, { text: 'a <b> & c' }), { signature: 'The shop' });
    expect(payload.html).toContain('a &lt;b&gt; &amp; c');
    expect(payload.text).toBe('a <b> & c\n\n-- \nThe shop');
  });
});

describe('settings that are changed while an answer waits', () => {
  const context = { messageId: '<m1@customer.example>', cc: ['boss@shop.example'] };
  const waiting = answerTo(replyTo(context), { signature: 'The shop', displayName: 'Shop' });

  test('hold for it: address, name, signature, reply address, our own side', () => {
    const mail = leavesAs(waiting, {
      address: 'care@new.example',
      displayName: 'Care',
      signature: 'Yours',
      plusAddress: true,
      ownAddresses: ['boss@shop.example'],
    });
    expect(mail.from).toEqual({ name: 'Care', address: 'care@new.example' });
    expect(mail.replyTo?.address).toBe(`care+${waiting.token}@new.example`);
    expect(mail.envelopeFrom).toBe(mail.replyTo?.address);
    expect(mail.text).toBe('您好，我们会换一个新的。\n\n-- \nYours');
    expect(mail.html).toMatch(/Yours<\/div>$/);
    expect(mail.cc).toEqual([]);
  });

  test('do not change its Message-ID, nor the bytes that wait', () => {
    const mail = leavesAs(waiting, { address: 'care@new.example' });
    expect(mail.messageId).toBe(waiting.messageId);
    expect(waiting).toEqual(answerTo(replyTo(context)));
  });
});

describe('nothing gets into a header that does not belong there', () => {
  const breaks = ['\r\n', '\n', '\r', '\u0000', '\u2028', '\u2029', '\r\n\t', '\u0085'];
  const fields = ['subject', 'messageId', 'to'] as const;
  const cases = fields.flatMap((field) => breaks.map((bad) => [field, bad] as const));

  test.each(cases)('%s with %j', (field, bad) => {
    const context = { [field]: `x${bad}Bcc: spy@evil.example` };
    const rendered = render(replyTo(context), accountWith());
    const text = JSON.stringify(rendered).replaceAll('"text":', '').replaceAll('"html":', '');
    expect(text).not.toMatch(/\\r|\\u0000|\u2028|\u2029|\u0085/);
    if (rendered.kind === 'parts') {
      const { subject, messageId, to } = rendered.parts[0]?.payload as Answer;
      expect(JSON.stringify([subject, messageId, to])).not.toContain('\\n');
    }
  });

  test.each([
    ['"zhang@evil.example x"@customer.example'],
    ['zhang@evil.example@customer.example'],
    ['<zhang@evil.example>,spy@customer.example'],
    ['zhang@customer.example, spy@evil.example'],
    ['zhang(comment)@customer.example'],
    ['@relay.example:zhang@customer.example'],
    ['zhang@[127.0.0.1]'],
    ['zhang@customer..example'],
    ['zhang@-customer.example'],
    [`${'z'.repeat(65)}@customer.example`],
    ['zhang'],
    [''],
  ])('%s is no address we write to', (address) => {
    expect(plainAddress(address)).toBeNull();
    const reply = replyTo({ to: address === '' ? 'none' : address });
    expect(render(reply, accountWith())).toMatchObject({ kind: 'refused', cause: 'content' });
  });

  test('addresses in other scripts are addresses', () => {
    expect(plainAddress('张伟@例子.中国')).toBe('张伟@例子.中国');
    expect(plainAddress("o'brien+x@Customer.Example")).toBe("o'brien+x@customer.example");
  });
});

describe('what is too large is refused before it is sent', () => {
  const file = {
    sha256: 'a'.repeat(64),
    name: 'a',
    type: 'x/y',
    size: 26 * 1024 * 1024,
    url: null,
  };

  test.each([
    ['files', replyTo({}, { attachments: [file] })],
    ['text', replyTo({}, { text: 'x'.repeat(200_001) })],
  ])('%s', (_, reply) => {
    expect(render(reply, accountWith()).kind).toBe('refused');
  });
});

test.each([
  ['水壶坏了', 'Re: 水壶坏了'],
  ['Re: RE: AW: 回复：水壶坏了', 'Re: 水壶坏了'],
  ['Re[3]: kettle', 'Re: kettle'],
  ['Regarding the kettle', 'Re: Regarding the kettle'],
  ['', 'Re:'],
])('the subject of an answer to %j is %j', (subject, expected) => {
  expect(replySubject(subject)).toBe(expected);
});
