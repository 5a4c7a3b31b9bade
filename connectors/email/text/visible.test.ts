import fc from 'fast-check';
import { visiblePlainText, visibleText } from './visible.js';
import { htmlLines } from '../html/lines.js';
import { growth } from '../../../test/effort.js';

const REPLY = '水壶还是漏水，请退款。';
const HISTORY = '您好，请寄回产品。\n订单号 1';

/** How mail clients put the history below an answer. */
const CLIENTS: readonly (readonly [string, string])[] = [
  ['Gmail', `On Fri, Nov 20, 2026 at 8:15 AM Shop <support@shop.example> wrote:\n\n> ${HISTORY}`],
  [
    'Gmail, over two lines',
    `On Fri, Nov 20, 2026 at 8:15 AM The Support Team <\nsupport@shop.example> wrote:\n\n> ${HISTORY}`,
  ],
  [
    'Gmail in Chinese',
    `Shop <support@shop.example> 于2026年11月20日周五 08:15写道：\n\n> ${HISTORY}`,
  ],
  [
    'Apple in Chinese',
    `在 2026年11月20日，上午8:15，Shop <support@shop.example> 写道：\n> ${HISTORY}`,
  ],
  [
    'Apple, not quoted',
    `在 2026年11月20日，08:15，Shop <support@shop.example> 写道：\n\n${HISTORY}`,
  ],
  ['163', `在 2026-11-20 08:15:00，"Shop" <support@shop.example> 写道：\n${HISTORY}`],
  ['163 in English', `At 2026-11-20 08:15:00, "Shop" <support@shop.example> wrote:\n${HISTORY}`],
  [
    'QQ',
    `------------------ 原始邮件 ------------------\n发件人: "Shop" <support@shop.example>;\n发送时间: 2026年11月20日(星期五) 上午8:15\n收件人: "张伟"<zhang@customer.example>;\n主题: Re: 水壶\n\n${HISTORY}`,
  ],
  [
    'QQ in English',
    `------------------&nbsp;Original&nbsp;------------------\n${HISTORY}`.replaceAll(
      '&nbsp;',
      ' ',
    ),
  ],
  [
    'Foxmail',
    `发件人： Shop\n发送时间： 2026-11-20 08:15\n收件人： 张伟\n主题： Re: 水壶\n${HISTORY}`,
  ],
  [
    'NetEase on a phone',
    `---- 回复的原邮件 ----\n| 发件人 | Shop |\n| 日期 | 2026年11月20日 |\n${HISTORY}`,
  ],
  [
    'Outlook',
    `-----Original Message-----\nFrom: Shop\nSent: Friday, November 20, 2026 8:15 AM\nTo: Zhang\nSubject: RE: kettle\n\n${HISTORY}`,
  ],
  [
    'Outlook in Chinese',
    `________________________________\n发件人: Shop <support@shop.example>\n发送时间: 2026年11月20日 8:15\n收件人: 张伟\n主题: 答复: 水壶\n\n${HISTORY}`,
  ],
  [
    'Outlook in traditional Chinese',
    `寄件者: Shop <support@shop.example>\n寄件日期: 2026年11月20日 8:15\n收件者: 張偉\n主旨: 水壺\n\n${HISTORY}`,
  ],
  [
    'Outlook in German',
    `Von: Shop <support@shop.example>\nGesendet: Freitag, 20. November 2026 08:15\nAn: Zhang\nBetreff: Kessel\n\n${HISTORY}`,
  ],
  ['Thunderbird in French', `Le 20/11/2026 à 08:15, Shop a écrit :\n> ${HISTORY}`],
  [
    'Gmail in Spanish',
    `El vie, 20 nov 2026 a las 8:15, Shop (<support@shop.example>) escribió:\n\n> ${HISTORY}`,
  ],
  [
    'Gmail in Polish',
    `pt., 20 lis 2026 o 08:15 Shop <support@shop.example> napisał(a):\n\n> ${HISTORY}`,
  ],
  [
    'Gmail in Russian',
    `пт, 20 нояб. 2026 г. в 08:15, Shop <support@shop.example>:\n\n> ${HISTORY}`,
  ],
  [
    'Gmail in Swedish',
    `Den fre 20 nov. 2026 kl 08:15 skrev Shop <support@shop.example>:\n\n> ${HISTORY}`,
  ],
  ['marks alone', `> ${HISTORY.replaceAll('\n', '\n> ')}`],
];

const quotedOnce = (text: string): string =>
  text.replace(`> ${HISTORY}`, `> ${HISTORY.replaceAll('\n', '\n> ')}`);

describe('quoted history is cut off', () => {
  test.each(CLIENTS)('%s', (_, below) => {
    expect(visiblePlainText(`${REPLY}\n\n${quotedOnce(below)}\n`)).toBe(REPLY);
  });
});

describe('signatures are cut off', () => {
  test.each([
    ['-- \nZhang Wei\n+86 138 0000 0000'],
    ['--\nZhang Wei'],
    ['发自我的iPhone'],
    ['发自我的华为手机'],
    ['Sent from my iPhone'],
    ['Sent from my Samsung Galaxy smartphone.'],
    ['Get Outlook for iOS<https://aka.example/o>'],
    ['获取 Outlook for Android'],
    ['从我的iPhone发送'],
    ['Von meinem iPhone gesendet'],
    ['Envoyé de mon iPhone'],
    ['Enviado desde mi iPhone'],
    ['Best regards,\nZhang Wei\nShanghai'],
  ])('%j', (signature) => {
    expect(visiblePlainText(`${REPLY}\n\n${signature}\n`)).toBe(REPLY);
  });
});

describe('what the customer wrote stays', () => {
  test.each([
    ['On Monday I called you and nobody wrote back.'],
    ['On the phone your colleague said:\nwe will call you.'],
    ['From: the very start it leaked.\nTo: be honest, I am angry.'],
    ['发件人写错了，请改成张伟。'],
    ['发自内心地说，你们的服务太差了。'],
    ['从我的角度看，这不对。'],
    ['Sent from my desk, it would be easier to read.'],
    ['Parts:\n-- lid\n-- handle\nBoth broken.'],
    ['A\n----\nB'],
    ['Prices 2026-11-20 08:15:00 were wrong'],
    ['I have no regards for this'],
  ])('%j', (text) => {
    expect(visiblePlainText(text)).toBe(text);
  });

  test('answers between the quoted questions keep their questions', () => {
    const text = '> Which one?\n\nThe red one.\n\n> When?\n\nYesterday.';
    expect(visiblePlainText(text)).toBe(text);
  });

  test('an answer below the quotation stands alone', () => {
    const head = 'On Fri, Nov 20, 2026 at 8:15 AM Shop <support@shop.example> wrote:';
    expect(visiblePlainText(`${head}\n> Which one?\n\nThe red one.`)).toBe('The red one.');
  });

  test('a forwarded mail keeps its content', () => {
    const text = `${REPLY}\n\n---------- Forwarded message ----------\nFrom: Shop <s@shop.example>\nDate: Fri\nSubject: kettle\n\n${HISTORY}`;
    expect(visiblePlainText(text)).toBe(text);
    const outlook = `发件人: A\n发送时间: 2026年11月20日\n收件人: B\n主题: 水壶\n\n${HISTORY}`;
    expect(visiblePlainText(outlook, true)).toBe(outlook);
  });
});

describe('HTML of the mail clients', () => {
  test.each([
    ['Gmail', '<div class="gmail_quote"><div class="gmail_attr">On … wrote:</div>old</div>'],
    [
      'Apple',
      '<blockquote type="cite"><div>On 20 Nov 2026, at 08:15, Shop wrote:</div>old</blockquote>',
    ],
    [
      'Outlook on the web',
      '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Shop</div>old',
    ],
    [
      'Outlook',
      '<div style="border-top:solid #B5C4DF 1.0pt"><p><b>From:</b> Shop<br><b>Sent:</b> Friday<br><b>To:</b> Z<br><b>Subject:</b> k</p></div><p>old</p>',
    ],
    [
      'Thunderbird',
      '<div class="moz-cite-prefix">On 20/11/2026 08:15, Shop wrote:<br></div><blockquote>old</blockquote>',
    ],
    ['Yahoo', '<div id="ydp1yahoo_quoted_123" class="yahoo_quoted">old</div>'],
    [
      'QQ',
      '<div><includetail><div>------------------&nbsp;原始邮件&nbsp;------------------</div>old</includetail></div>',
    ],
    ['163', '<blockquote id="isReplyContent">old</blockquote>'],
    ['a signature of Gmail', '<div class="gmail_signature">Zhang<br>Shanghai</div>'],
  ])('%s', (_, below) => {
    expect(visibleText(htmlLines(`<div>${REPLY}</div><br>${below}`), false)).toBe(REPLY);
  });

  test('a forward inside the quote container stays', () => {
    const html = `<div class="gmail_quote">---------- Forwarded message ---------<br>From: A<br>${REPLY}</div>`;
    expect(visibleText(htmlLines(html), false)).toContain(REPLY);
  });
});

describe('whatever comes', () => {
  const lines = fc.constantFrom(
    ...['> a', 'b', '', '-- ', 'On 2026 a@b wrote:', 'From: a', 'To: b', 'Subject: c', '发件人: a'],
    ...[
      '-----Original Message-----',
      'Regards,',
      'Sent from my iPhone',
      '>> c',
      '____',
      'wrote:',
      '>d',
      ' > >e',
    ],
  );

  test('the result is never longer than the mail', () => {
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 60 }), (some) => {
        const text = some.join('\n');
        expect(visiblePlainText(text).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test.each([
    ['On a a a', 'On ', 'a ', 'wrote'],
    ['half headers', '', 'On 2026 a@b x\n', ''],
    ['labels', '', 'From: a\n', ''],
    ['dashes', '', '-', ''],
    ['lines of dashes', '', '--\n', ''],
    ['blanks', '', ' ', ''],
    ['marks', '', '>', ''],
    ['quotes in turns', '', '> a\nb\n\n', ''],
    ['closings', '', 'Regards,\n', ''],
    ['angle brackets', '', '<', ''],
  ])(
    'a quarter of a megabyte of %s is four times the work of a quarter of it',
    (_, first, again, last) => {
      const see = (characters: number) =>
        visiblePlainText(`${first}${again.repeat(characters / again.length)}${last}`);
      expect(growth(60_000, see)).toMatchObject({ linear: true });
    },
  );
});

describe('a signature that is the sender’s bare name', () => {
  const sender = ['张伟', 'zhang@customer.example'];
  const visible = (text: string): string => visiblePlainText(text, false, sender);

  test.each([
    ['the name', '水壶坏了\n\n\n张伟'],
    ['the name below a rule', '水壶坏了\n\n________________________________\n张伟\n'],
    ['name and address', '水壶坏了\n\n张伟\nZhang@customer.example\n'],
    [
      'the name above the history',
      `水壶坏了\n\n张伟\n\n发件人： Shop\n发送时间： 2026-11-20 08:15\n收件人： 张伟\n主题： Re: 水壶\n${HISTORY}`,
    ],
  ])('is cut: %s', (_what, text) => {
    expect(visible(text)).toBe('水壶坏了');
  });

  test.each([
    ['another name', '水壶坏了，请联系\n\n李雷'],
    ['an answer to a question', '收件人\n张伟'],
    ['words behind the name', '水壶坏了\n\n张伟\n\n请回电'],
    ['nothing but the name', '张伟'],
  ])('stays: %s', (_what, text) => {
    expect(visible(text)).toBe(text);
  });
});
