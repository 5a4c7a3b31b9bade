import { Draft } from '../model/draft.js';
import { bodyOf, draftOfBody } from './draft-body.js';

const least = Draft.parse({
  id: 'm1',
  connection: 'shop',
  channel: 'webhook',
  conversation: 'c1',
  kind: 'message',
  receivedAt: '2026-03-01T10:00:00.000Z',
  sender: { handle: 'somebody' },
});

const full = Draft.parse({
  ...least,
  about: 'm0',
  receipt: { status: 'failed', code: '551' },
  sentAt: '2026-03-01T09:59:00.000Z',
  to: ['a@example.com'],
  cc: ['b@example.com'],
  visibility: 'public',
  parent: 'p1',
  permalink: 'https://example.com/1',
  subject: 'Parcel',
  text: 'It never came',
  html: '<p>It never came</p>',
  attachments: [{ ref: 'file-1' }],
  fields: { orderNo: 'A1' },
  replyContext: { thread: 't1', empty: {} },
  locale: 'zh-CN',
  inReplyTo: 'm0',
  historic: true,
});

test.each([
  ['says no more than it must', least],
  ['says all there is', full],
])('a draft that %s comes back from its row as it was', (_, draft) => {
  expect(draftOfBody(bodyOf(draft))).toEqual(draft);
});

test('what a draft does not say is not written', () => {
  expect(Object.keys(JSON.parse(bodyOf(least)) as object)).toEqual([
    ...['id', 'connection', 'channel', 'conversation', 'kind', 'receivedAt', 'sender'],
  ]);
});

test('what one draft is given is not given to the next', () => {
  draftOfBody(bodyOf(least)).fields['orderNo'] = 'A1';
  expect(draftOfBody(bodyOf(least)).fields).toEqual({});
});
