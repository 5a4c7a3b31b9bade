import { MINUTE, SECOND } from '../../src/sdk/index.js';
import type { Policies, ReplyWindow } from '../../src/sdk/index.js';

/** The fields of the form, in the order in which an admin comes by their values. */
export const FORM_FIELDS: readonly string[] = [
  'appId',
  'appSecret',
  'token',
  'encodingAesKey',
  'encryption',
  'openPlatform',
  'previousToken',
  'previousAesKey',
  'apiBase',
];

/** What holds for every product; what may be sent after what is its own. */
export const policiesOf = (replyWindows: readonly ReplyWindow[]): Policies => ({
  replyWindows,
  rate: null,
  receipts: [],
  idempotentSend: false,
  threadless: true,
  selfEcho: false,
  ack: { deadline: 5 * SECOND, status: 200, type: 'text/plain', body: 'success' },
  // Three attempts, five seconds apart; as wide as the tolerance of the signed time.
  redelivery: 5 * MINUTE,
  identity: [
    { kind: 'openid', scope: 'connection', proof: 'proven' },
    // Of a plain push, whose signature does not cover it.
    { kind: 'openid', scope: 'connection', proof: 'strong' },
    { kind: 'unionid', scope: 'provider', proof: 'proven' },
  ],
});
