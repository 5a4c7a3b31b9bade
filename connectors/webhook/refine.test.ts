import { draftsBy } from '../../test/conformance/installation.js';
import type { Account, Envelope } from '../../src/sdk/index.js';
import { connector } from './index.js';

const account: Account = {
  id: 'shop',
  settings: {},
  credentials: {},
  hookUrl: 'https://hub.example/hooks/shop',
  macKeys: [],
};

const envelope: Envelope = {
  id: 1,
  connection: account.id,
  key: 'k',
  body: Buffer.from('{"id":"m-1","customer":{"id":"c-1"},"text":"Hello"}'),
  type: '',
  notes: {},
  query: '',
  receivedAt: Date.UTC(2026, 10, 20),
};

test('a delivery nobody signed proves nobody, whatever the mapping says', async () => {
  const drafts = draftsBy(connector);
  const settings = { signature: 'path-secret', allowFrom: ['192.0.2.1'] };
  const [draft] = await drafts(envelope, { ...account, settings });
  expect(draft?.sender.identities).toEqual([
    { kind: 'customerId', value: 'c-1', scope: '', proof: 'weak' },
  ]);
  const [signed] = await drafts(envelope, account);
  expect(signed?.sender.identities).toMatchObject([{ proof: 'proven' }]);
});
