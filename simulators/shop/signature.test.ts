import { isSignedWith, publicKeyOf, signV1, signV1a } from './signature.js';

// The v1 vector is the one of the Standard Webhooks libraries; the v1a one is a fixed key of our own.
const PARTS = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: Buffer.from('{"test": 2432232314}'),
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const PRIVATE_KEY = `whsk_${Buffer.alloc(32, 7).toString('base64')}`;
const PUBLIC_KEY = 'whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=';
const V1 = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const V1A =
  'v1a,2iFnCkcL0nCB7d0lgaT5vmGnQgJl4zcl9qd7UbPYvulcwR3MRYzjXT2JCSEV4dFH3XNALA4OW0zY5fFdGv9GBA==';

test('signs v1 as the published vector does', () => {
  expect(signV1(SECRET, PARTS)).toBe(V1);
});

test('signs v1a with Ed25519', () => {
  expect(publicKeyOf(PRIVATE_KEY)).toBe(PUBLIC_KEY);
  expect(signV1a(PRIVATE_KEY, PARTS)).toBe(V1A);
});

test('one right entry of several is enough', () => {
  expect(isSignedWith(SECRET, `v1,AAAA ${V1A} ${V1}`, PARTS)).toBe(true);
  expect(isSignedWith(PUBLIC_KEY, `${V1} ${V1A}`, PARTS)).toBe(true);
});

test.each([
  ['another body', { ...PARTS, body: Buffer.from('{}') }],
  ['another id', { ...PARTS, id: 'msg_x' }],
  ['another time', { ...PARTS, timestamp: '1614265331' }],
])('a signature does not fit %s', (_name, parts) => {
  expect(isSignedWith(SECRET, V1, parts)).toBe(false);
  expect(isSignedWith(PUBLIC_KEY, V1A, parts)).toBe(false);
});

test('an entry of the wrong kind is no signature', () => {
  expect(isSignedWith(SECRET, V1A, PARTS)).toBe(false);
  expect(isSignedWith(PUBLIC_KEY, V1, PARTS)).toBe(false);
  expect(isSignedWith(SECRET, '', PARTS)).toBe(false);
});
