import { readAuthentication } from './authentication.js';
import { accountWith, envelopeOf, fixture, mail, mailOf } from './testing/mails.js';

const trusted = ['mx.shop.example'];
const verdict = (value: string, from = 'zhang@customer.example') =>
  readAuthentication([{ name: 'authentication-results', value }], from, trusted);

describe('the verdict of our own mail server', () => {
  test.each([
    ['dmarc=pass', 'mx.shop.example; dmarc=pass (p=reject) header.from=customer.example', true],
    ['dmarc=fail', 'mx.shop.example; dkim=pass header.d=customer.example; dmarc=fail', false],
    ['dkim of the same domain', 'mx.shop.example; dkim=pass header.d=customer.example', true],
    ['dkim of another domain', 'mx.shop.example; dkim=pass header.d=mailer.example', false],
    ['dkim of a whole suffix', 'mx.shop.example; dkim=pass header.d=example', false],
    ['spf of the same domain', 'mx.shop.example; spf=pass smtp.mailfrom=a@customer.example', true],
    ['spf=softfail', 'mx.shop.example; spf=softfail smtp.mailfrom=a@customer.example', false],
    ['a comment that says pass', 'mx.shop.example; dmarc=none (dmarc=pass)', false],
    ['dmarc=pass of another From', 'mx.shop.example; dmarc=pass header.from=evil.example', false],
    [
      'a verdict inside a quoted MAIL FROM',
      'mx.shop.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=customer.example "@evil.example; dmarc=fail header.from=customer.example',
      false,
    ],
    [
      'a quoted verdict and none of the server itself',
      'mx.shop.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=customer.example "@evil.example',
      false,
    ],
    [
      'a property inside a quoted MAIL FROM',
      'mx.shop.example; spf=pass smtp.mailfrom="x smtp.mailfrom=a@customer.example "@evil.example',
      false,
    ],
    [
      'an escaped quote before a verdict',
      String.raw`mx.shop.example; spf=pass smtp.mailfrom="x\"; dmarc=pass "@evil.example`,
      false,
    ],
    [
      'an escaped bracket inside a comment',
      String.raw`mx.shop.example; spf=pass (x\); dmarc=pass) smtp.mailfrom=a@evil.example`,
      false,
    ],
    [
      'two verdicts of one server',
      'mx.shop.example; dmarc=pass header.from=customer.example; dmarc=fail header.from=customer.example',
      false,
    ],
    [
      'a quotation that never ends',
      'mx.shop.example; dkim=pass header.d=customer.example; spf=pass smtp.mailfrom="x',
      false,
    ],
    [
      'a quoted address of the same domain',
      'mx.shop.example; spf=pass smtp.mailfrom="zhang li"@customer.example',
      true,
    ],
    ['a server nobody named', 'mx.evil.example; dmarc=pass header.from=customer.example', false],
  ])('%s', (_, value, aligned) => {
    expect(verdict(value).aligned).toBe(aligned);
  });

  test('only the topmost field of our server counts', () => {
    const fields = ['mx.shop.example; dmarc=fail', 'mx.shop.example; dmarc=pass'].map((value) => ({
      name: 'authentication-results',
      value,
    }));
    expect(readAuthentication(fields, 'zhang@customer.example', trusted).aligned).toBe(false);
  });

  test('makes an aligned sender strong, all others stay weak', () => {
    const head = ['From: zhang@customer.example', 'Reply-To: other@customer.example'];
    const account = accountWith({ trustedAuthservIds: trusted });
    const line = 'Authentication-Results: mx.shop.example; dmarc=pass header.from=customer.example';
    const aligned = mailOf(envelopeOf(mail([...head, line])), account);
    expect(aligned.sender.identities).toMatchObject([{ proof: 'strong' }]);
    expect(aligned.replyContext).toMatchObject({ to: 'other@customer.example' });
    const plain = mailOf(envelopeOf(mail(head)), account);
    expect(plain.sender.identities).toMatchObject([{ proof: 'weak' }]);
    expect(plain.replyContext).toMatchObject({
      to: 'zhang@customer.example',
      replyToUnconfirmed: 'other@customer.example',
    });
  });

  test('proves nothing about a mail with two senders', () => {
    const account = accountWith({ trustedAuthservIds: trusted });
    const read = mailOf(envelopeOf(fixture('two-senders')), account);
    expect(read.sender.identities).toMatchObject([{ proof: 'weak' }]);
  });
});
