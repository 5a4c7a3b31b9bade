import { isSigned, signatureOf, unseal } from './seal.js';
import { seal } from '../../simulators/wechat/seal.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const OTHER_KEY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg';
const APP = 'wxhubappid000001';
const RANDOM = Buffer.from('0123456789abcdef');

describe('a signature', () => {
  test('is the sha1 of the sorted strings, whatever their order', () => {
    const expected = 'b8095846c6972feb422c7f3c9032b6283dafb090';
    expect(signatureOf('hubtoken1', '1700000000', 'nonce42')).toBe(expected);
    expect(signatureOf('nonce42', 'hubtoken1', '1700000000')).toBe(expected);
  });

  test('agrees with the one printed in the platform’s documentation', () => {
    expect(signatureOf('AAAAA', '1714037059', '486452656')).toBe(
      '899cf89e464efb63f54ddac96b0a0a235f53aa78',
    );
  });

  test('holds for either token while it is being changed, and for no other', () => {
    const signature = signatureOf('old', '1700000000', 'n');
    expect(isSigned(signature, ['new', 'old'], '1700000000', 'n')).toBe(true);
    expect(isSigned(signature, ['new'], '1700000000', 'n')).toBe(false);
    expect(isSigned(signature, [], '1700000000', 'n')).toBe(false);
    expect(isSigned('', ['old'], '1700000000', 'n')).toBe(false);
  });
});

describe('a sealed message', () => {
  const sealed = (message: string, key = KEY, appId = APP): string =>
    seal(Buffer.from(message), { encodingAesKey: key, appId, random: RANDOM });

  // Sealed by the command line of OpenSSL, so that simulator and connector cannot err alike.
  const FOREIGN =
    'Q3stYC6hdFzMh9T8HCvyDBcnbDxHdBD81XEy920Bn5JLs1DgIZvf94tyUgCyAZuI3+SKIZUh6F1XPWOIV1ftQQ==';

  test('of another implementation is opened, and sealed alike by the simulator', () => {
    const message = Buffer.from('投诉 complaint');
    expect(unseal(FOREIGN, [KEY], APP)).toEqual({ ok: true, message });
    expect(sealed('投诉 complaint')).toBe(FOREIGN);
  });

  test.each([0, 1, 11, 12, 13, 31, 32, 33, 4_000])('of %i bytes is padded and unpadded', (size) => {
    const message = 'x'.repeat(size);
    expect(unseal(sealed(message), [KEY], APP)).toEqual({
      ok: true,
      message: Buffer.from(message),
    });
  });

  test('is opened by the key before, while the key is being changed', () => {
    expect(unseal(sealed('a'), [OTHER_KEY, KEY], APP)).toMatchObject({ ok: true });
    expect(unseal(sealed('a'), [OTHER_KEY], APP)).toMatchObject({ ok: false });
    expect(unseal(sealed('a'), [], APP)).toMatchObject({ ok: false });
  });

  test('for another app id is not ours', () => {
    expect(unseal(sealed('a', KEY, 'wxhubappid000002'), [KEY], APP)).toMatchObject({ ok: false });
    expect(unseal(sealed('a', KEY, `${APP}x`), [KEY], APP)).toMatchObject({ ok: false });
  });

  test.each(['', 'AAAA', 'not base64 at all', 'A'.repeat(64), 'A'.repeat(43)])(
    'that is none (%j) is refused without an exception',
    (text) => {
      expect(unseal(text, [KEY, 'short', ''], APP)).toMatchObject({ ok: false });
    },
  );
});
