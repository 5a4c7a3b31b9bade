import fc from 'fast-check';
import { checkMac, DAY, mac } from '../../src/sdk/index.js';
import { accountWith, envelopeOf, mail, mailOf, NOW } from './testing/mails.js';
import { mintToken, readToken, tokenText } from './token.js';

const CUSTOMER = 'zhang@customer.example';
const CONVERSATION = 'abcdefghijklmnop';
const account = accountWith();
const token = mintToken(account.macKeys, CONVERSATION, CUSTOMER, NOW);

function reply(from: string, place: readonly string[], receivedAt = NOW) {
  const head = [`From: ${from}`, 'Message-ID: <m2@customer.example>', ...place];
  return mailOf(envelopeOf(mail(head), {}, receivedAt), account);
}

describe('a reply token', () => {
  test('is signed as the published vector says', () => {
    expect(mac('reply_key_1', 'reply', 'T-100042.1700000000')).toBe('kfd366tvqyr55mbhn4fkje4e');
    const keys = [{ id: '1', key: 'reply_key_1' }];
    expect(checkMac(keys, 'reply', 'T-100042.1700000000', 'KFD366TVQYR55MBHN4FKJE4E')).toBe(true);
  });

  test('fits into the local part of an address with a name of nine letters before it', () => {
    expect(`complains+${token}`.length).toBeLessThanOrEqual(64);
    expect(token).toMatch(/^[a-z0-9.]+$/);
  });

  test.each([
    ['To', [`Cc: support+${token}@shop.example`]],
    ['Delivered-To', [`Delivered-To: support+${token}@shop.example`]],
    ['X-Original-To', [`X-Original-To: <support+${token}@shop.example>`]],
    ['In-Reply-To', [`In-Reply-To: <abc.${token}@shop.example>`]],
    ['References', [`References: <x@y.example> <abc.${token}@shop.example>`]],
    ['another case', [`Cc: Support+${token.toUpperCase()}@SHOP.example`]],
  ])('in %s files the mail and proves the address it was mailed to', (_, place) => {
    const read = reply('Zhang@Customer.example', place);
    expect(read).toMatchObject({ conversation: CONVERSATION, token: { state: 'valid' } });
    expect(read.sender.identities).toEqual([{ kind: 'email', value: CUSTOMER, proof: 'proven' }]);
    expect(read.replyContext).toMatchObject({ to: 'Zhang@customer.example' });
  });

  test('in the SMTP envelope files the mail', () => {
    const body = mail([`From: ${CUSTOMER}`]);
    const notes = { rcptTo: `support+${token}@shop.example` };
    expect(mailOf(envelopeOf(body, notes), account).conversation).toBe(CONVERSATION);
  });

  test('makes another sender a participant, who changes neither recipient nor copies', () => {
    const place = [`In-Reply-To: <abc.${token}@shop.example>`, 'Cc: spy@evil.example'];
    const read = reply('spy@evil.example', place);
    expect(read).toMatchObject({ conversation: CONVERSATION, token: { proven: false } });
    expect(read.sender.identities).toMatchObject([{ proof: 'weak' }]);
    expect(Object.keys(read.replyContext)).not.toEqual(expect.arrayContaining(['to']));
    expect(Object.keys(read.replyContext)).not.toEqual(expect.arrayContaining(['cc']));
  });

  test.each(['dmarc=fail', 'dmarc=pass; dmarc=fail'])(
    'proves nothing when our own server says %s',
    (verdict) => {
      const head = [
        `From: ${CUSTOMER}`,
        `In-Reply-To: <abc.${token}@shop.example>`,
        `Authentication-Results: mx.shop.example; ${verdict}`,
        'Cc: spy@evil.example',
      ];
      const trusting = accountWith({ trustedAuthservIds: ['mx.shop.example'] });
      const read = mailOf(envelopeOf(mail(head)), trusting);
      expect(read).toMatchObject({ conversation: CONVERSATION, token: { proven: false } });
      expect(read.sender.identities).toMatchObject([{ proof: 'weak' }]);
      expect(read.replyContext).not.toHaveProperty('cc');
    },
  );

  test('ends after half a year; the thread still files the customer', () => {
    const late = NOW + 181 * DAY;
    const read = reply(CUSTOMER, [`In-Reply-To: <abc.${token}@shop.example>`], late);
    expect(read).toMatchObject({ token: { state: 'expired', proven: false } });
    expect(read.conversation).not.toBe(CONVERSATION);
  });

  test('is still good under the key before the last rotation', () => {
    const old = mintToken(account.macKeys.slice(1), CONVERSATION, CUSTOMER, NOW);
    const read = reply(CUSTOMER, [`In-Reply-To: <abc.${old}@shop.example>`]);
    expect(read.token).toEqual({ state: 'valid', proven: true });
  });

  test('changed in any place counts for nothing', () => {
    const change = fc.record({
      at: fc.nat(token.length - 1),
      letter: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567.'.split(/(?!^)/)),
    });
    fc.assert(
      fc.property(change, ({ at, letter }) => {
        fc.pre(token.charAt(at) !== letter);
        const forged = token.slice(0, at) + letter + token.slice(at + 1);
        expect(readToken(account.macKeys, forged, NOW)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test('invented ten thousand times never lands in a thread', () => {
    const own = reply(CUSTOMER, []).conversation;
    let foreign = 0;
    for (let i = 0; i < 10_000; i += 1) {
      const guess = mintToken([{ id: 'x', key: `guess ${i}` }], CONVERSATION, CUSTOMER, NOW);
      if (readToken(account.macKeys, guess, NOW) !== null) foreign += 1;
    }
    expect(foreign).toBe(0);
    expect(own).not.toBe(CONVERSATION);
  });

  test('does not belong to another purpose of the same key', () => {
    const subject = token.slice(0, token.lastIndexOf('.'));
    const visitor = `${subject}.${mac('reply_key_2', 'visitor', subject)}`;
    expect(readToken(account.macKeys, visitor, NOW)).toBeNull();
  });

  test('is looked for behind the last plus only', () => {
    expect(tokenText(`a+b+${token}@shop.example`)).toBe(token);
    expect(tokenText('short@shop.example')).toBeNull();
  });
});

describe('a thread', () => {
  const start = mailOf(envelopeOf(mail([`From: ${CUSTOMER}`, 'Message-ID: <m1@x.example>'])));

  test('is kept by its root and its sender', () => {
    const later = mail([`From: ${CUSTOMER}`, 'References: <m1@x.example> <r1@shop.example>']);
    expect(mailOf(envelopeOf(later)).conversation).toBe(start.conversation);
  });

  test('is not entered by a stranger who knows its Message-ID', () => {
    const stranger = mail(['From: spy@evil.example', 'References: <m1@x.example>']);
    expect(mailOf(envelopeOf(stranger)).conversation).not.toBe(start.conversation);
  });

  test('takes copies from its first mail, and later ones only with proof', () => {
    const first = mail([`From: ${CUSTOMER}`, 'Cc: wife@customer.example']);
    const { replyContext } = mailOf(envelopeOf(first));
    expect(replyContext).toMatchObject({ opening: { cc: ['wife@customer.example'] } });
    expect(replyContext).not.toHaveProperty('cc');
    const forged = mail([
      `From: ${CUSTOMER}`,
      'References: <m1@x.example>',
      'Cc: spy@evil.example',
    ]);
    expect(mailOf(envelopeOf(forged)).replyContext).not.toHaveProperty('cc');
    expect(mailOf(envelopeOf(forged)).replyContext).not.toHaveProperty('opening');
  });

  test('gets no copies from a forged mail that repeats the Message-ID of its first one', () => {
    const head = [`From: ${CUSTOMER}`, 'Message-ID: <m1@x.example>', 'Cc: spy@evil.example'];
    const forged = mailOf(envelopeOf(mail(head, 'Send me a copy.')));
    expect(forged.conversation).toBe(start.conversation);
    expect(forged.replyContext).not.toHaveProperty('cc');
  });
});
