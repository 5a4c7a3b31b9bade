import type { Account } from '../../src/sdk/index.js';
import { seal } from '../../simulators/wechat/seal.js';
import { decode } from './decode.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const APP = 'wx00000000000000a1';

const account = (credentials: object, settings: object = {}): Account => ({
  id: 'wechat',
  settings: { appId: APP, ...settings },
  credentials: { ...credentials },
  hookUrl: '',
  macKeys: [],
});

const decoded = (body: string, of: Account = account({}), query = '') =>
  decode(
    {
      ...{ id: 1, connection: 'wechat', key: 'k', type: '', notes: {}, query, receivedAt: 0 },
      body: Buffer.from(body),
    },
    of,
  );

const push = (fields: string): string =>
  `<xml><FromUserName>oUser1</FromUserName><CreateTime>1795162500</CreateTime>${fields}</xml>`;

const sealed = (message: string): string => {
  const random = Buffer.from('0123456789abcdef');
  const encrypt = seal(Buffer.from(message), { encodingAesKey: KEY, appId: APP, random });
  return `<xml><MsgType>text</MsgType><Content>plain half</Content><Encrypt>${encrypt}</Encrypt></xml>`;
};

test('of a sealed push only the sealed part is read', () => {
  const body = sealed(push('<MsgType>text</MsgType><Content>sealed half</Content>'));
  expect(decoded(body, account({ encodingAesKey: KEY }))).toMatchObject({
    raws: [{ body: { what: 'message', text: 'sealed half' } }],
  });
});

test('a sealed push that no key opens is unreadable, whatever its plain half says', () => {
  const body = sealed(push('<MsgType>text</MsgType><Content>x</Content>'));
  expect(decoded(body)).toMatchObject({ kind: 'unreadable' });
  expect(decoded(body, account({ encodingAesKey: KEY }, { appId: 'wx1' }))).toMatchObject({
    kind: 'unreadable',
  });
});

test.each(['', 'text', '[]', '"text"', '<xml>text</xml>', '{"a":', 'null'])(
  '%j holds no fields',
  (body) => {
    expect(decoded(body)).toMatchObject({ kind: 'unreadable' });
  },
);

test('two events of one second are two, the same event twice is one', () => {
  const idOf = (fields: string): unknown => {
    const read = decoded(push(`<MsgType>event</MsgType><Event>VIEW</Event>${fields}`));
    return read.kind === 'raws' ? (read.raws[0]?.body as { id: string }).id : read;
  };
  const first = idOf('<EventKey>a</EventKey><MenuId>1</MenuId>');
  expect(first).toMatch(/^oUser1#1795162500#VIEW#a#[0-9a-f]{12}$/);
  expect(idOf('<EventKey>a</EventKey><MenuId>1</MenuId>')).toBe(first);
  expect(idOf('<EventKey>a</EventKey><MenuId>2</MenuId>')).not.toBe(first);
});

const JOINED = push('<MsgType>event</MsgType><Event>x</Event><UnionId>uPerson1</UnionId>');
const SEALED = 'signature=5a&timestamp=1795162500&nonce=n1&msg_signature=7c';

test.each([
  ['plain', JOINED, 'signature=5a&timestamp=1795162500&nonce=n1'],
  ['plain, under the query of a sealed one', JOINED, SEALED],
  ['sealed, under a signature that does not cover it', sealed(JOINED), 'signature=5a'],
])('what is %s proves nobody and names no UnionID', (_what, body, query) => {
  const of = account({ encodingAesKey: KEY }, { encryption: 'plain', openPlatform: 'shop' });
  expect(decoded(body, of, query)).toMatchObject({
    raws: [{ body: { identities: [{ kind: 'openid', value: 'oUser1', proof: 'strong' }] } }],
  });
});

test('a UnionID says nothing without the Open Platform account it belongs to', () => {
  const body = sealed(JOINED);
  const openid = { kind: 'openid', value: 'oUser1', proof: 'proven' };
  expect(decoded(body, account({ encodingAesKey: KEY }), SEALED)).toMatchObject({
    raws: [{ body: { identities: [openid] } }],
  });
  const named = account({ encodingAesKey: KEY }, { openPlatform: 'shop' });
  expect(decoded(body, named, SEALED)).toMatchObject({
    raws: [
      {
        body: {
          identities: [
            openid,
            { kind: 'unionid', value: 'uPerson1', scope: 'shop', proof: 'proven' },
          ],
        },
      },
    ],
  });
});

test('a message from nobody is kept as an event', () => {
  const body = '<xml><MsgType>text</MsgType><Content>x</Content></xml>';
  expect(decoded(body)).toMatchObject({ raws: [{ body: { what: 'event', customer: '' } }] });
});

test.each([
  ['【收到不支持的消息类型，暂无法显示】', 'placeholder'],
  ['[收到不支持的消息类型，暂无法显示]', 'placeholder'],
  ['[Unsupported Message]', 'placeholder'],
  ['为什么显示【收到不支持的消息类型，暂无法显示】？', 'message'],
  ['[怒]', 'message'],
])('%s is a %s', (text, what) => {
  const body = push(`<MsgType>text</MsgType><Content>${text}</Content>`);
  expect(decoded(body)).toMatchObject({ raws: [{ body: { what } }] });
});
