import type { Connector } from '../src/sdk/index.js';

/** The catalogue: one line a connector, loaded when it is first asked for. */
export const catalogue: Readonly<Record<string, () => Promise<Connector>>> = {
  email: async () => (await import('./email/index.js')).connector,
  'twilio-sms': async () => (await import('./twilio-sms/index.js')).connector,
  webchat: async () => (await import('./webchat/index.js')).connector,
  'wechat-mini': async () => (await import('./wechat-mini/index.js')).connector,
  'wechat-oa': async () => (await import('./wechat-oa/index.js')).connector,
  webhook: async () => (await import('./webhook/index.js')).connector,
};
