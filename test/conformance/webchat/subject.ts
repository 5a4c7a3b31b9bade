import { connector } from '../../../connectors/webchat/index.js';
import type { Fixture, Subject, Trap } from '../../../src/sdk/conformance/subject.js';
import type { Account } from '../../../src/sdk/index.js';
import { INSTALLATION, draftsBy, goldensOf, http, macKeysOf } from '../installation.js';

const VISITOR = 'a'.repeat(31) + '2';

function accountOf(id: string): Account {
  return {
    id,
    settings: { allowedOrigins: ['https://shop.example'] },
    credentials: {},
    hookUrl: `https://hub.example/hooks/${id}`,
    macKeys: macKeysOf(id),
  };
}

const account = accountOf('chat-main');

/** What the door stores, under the key it gives: a chat has no platform that sends. */
const STORED: Readonly<Record<string, readonly [key: string, body: string]>> = {
  'message-with-address': [
    `${VISITOR}:0193a4c2-7b1e-7000-8000-000000000001`,
    `{"what":"message","visitor":"${VISITOR}","at":"2026-11-20T00:14:58.000Z","clientMessageId":"0193a4c2-7b1e-7000-8000-000000000001","text":"水壶坏了 😡","name":"张伟","email":"zhang@example.com","page":"https://shop.example/orders","language":"zh-CN"}`,
  ],
  'three-receipts-at-once': [
    `${VISITOR}:read:9`,
    `{"what":"receipts","visitor":"${VISITOR}","state":"read","ids":["reply-1:0","reply-2:0","reply-3:0"],"at":"2026-11-20T00:15:00.000Z"}`,
  ],
  'delivered-once-shown': [
    `${VISITOR}:delivered:9`,
    `{"what":"receipts","visitor":"${VISITOR}","state":"delivered","ids":["reply-1:0"],"at":"2026-11-20T00:15:00.000Z"}`,
  ],
  'kind-of-an-older-hub': [`${VISITOR}:typing`, `{"what":"typing","visitor":"${VISITOR}"}`],
};

const TRAPS: Readonly<Record<string, Trap>> = {
  'three-receipts-at-once': 'receipt',
  'delivered-once-shown': 'receipt',
  'kind-of-an-older-hub': 'unknown',
};

const goldens = goldensOf('webchat');

const fixtures: readonly Fixture[] = Object.entries(STORED).map(([name, [key, body]]) => {
  const trap = TRAPS[name];
  return {
    name,
    arrival: { key, body: Buffer.from(body), type: 'application/json' },
    drafts: goldens[name] ?? [],
    ...(trap === undefined ? {} : { traps: [trap] }),
  };
});

export const subject: Subject = {
  installation: INSTALLATION,
  account,
  stranger: accountOf('chat-other'),
  now: Date.UTC(2026, 10, 20, 0, 15),
  fixtures,
  drafts: draftsBy(connector),
  conversation: {
    key: VISITOR,
    handle: VISITOR,
    name: '张伟',
    subject: null,
    ticket: 5,
    context: { visitor: VISITOR },
  },
  faults: [],
  http,
  waivers: {
    'drafts.automatic': 'everything in the chat was typed by a visitor; nothing marks a machine',
  },
};
