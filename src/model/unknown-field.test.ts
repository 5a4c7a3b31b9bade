import { Draft } from './draft.js';
import { unknownField } from './unknown-field.js';

const nested = (draft: object) => unknownField(Draft, draft);

test.each([
  [{ txt: 'x' }, 'txt', 'text'],
  [{ sender: { handle: 'a', nmae: 'A' } }, 'sender.nmae', 'sender.name'],
  [
    { sender: { identities: [{ kind: 'email' }, { vlaue: 'x' }] } },
    'sender.identities.1.vlaue',
    'sender.identities.1.value',
  ],
  [{ attachments: [{ reff: 'x' }] }, 'attachments.0.reff', 'attachments.0.ref'],
  [{ receipt: { state: 'sent' } }, 'receipt.state', 'receipt.status'],
  [JSON.parse('{"__proto__":{}}') as object, '__proto__', null],
])('in %j %s is unknown, and %s is meant', (draft, path, nearest) => {
  expect(nested(draft)).toEqual({ path, nearest });
});

test('what the format leaves free may hold any name', () => {
  expect(
    nested({ fields: { anything: 'x' }, replyContext: { a: { b: 1 } }, receipt: null }),
  ).toBeNull();
});
