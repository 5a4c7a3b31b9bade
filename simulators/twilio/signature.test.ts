import { signForm } from './signature.js';

// The first vector is the example of Twilio's own documentation and libraries, the second their test for
// repeated names; the third was computed independently and has Chinese text in it.
interface Vector {
  readonly token: string;
  readonly url: string;
  readonly form: [string, string][];
  readonly signature: string;
}

const VECTORS: readonly Vector[] = [
  {
    token: '12345',
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    form: [
      ['CallSid', 'CA1234567890ABCDE'],
      ['Digits', '1234'],
      ['From', '+14158675309'],
      ['To', '+18005551212'],
      ['Caller', '+14158675309'],
    ],
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
  },
  {
    token: '12345',
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    form: [
      ['Sid', 'CA123'],
      ['SidAccount', 'AC123'],
      ['Digits', '5678'],
      ['Digits', '1234'],
    ],
    signature: 'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
  },
  {
    token: 'twilio_auth_token_x',
    url: 'https://hub.example.com/webhooks/twilio/sms?acct=1',
    form: [
      ['Body', 'Broken kettle 坏了'],
      ['From', '+15550001111'],
      ['MessageSid', 'SM00000000000000000000000000000001'],
      ['NumMedia', '0'],
      ['To', '+15550002222'],
    ],
    signature: 'OWyhPtDqNUoVp2Rstj8Jnrl7LoM=',
  },
];

test.each(VECTORS)('signs as Twilio does: $signature', ({ token, url, form, signature }) => {
  expect(signForm(token, url, new URLSearchParams(form))).toBe(signature);
});
