import type { Account } from '../../src/sdk/index.js';
import { readSettings } from './settings.js';

/** Whether a mail to this address is for us. */
export type Accepts = (address: string) => boolean;

/**
 * Who may be written to through the listener: the configured addresses and `@domain`s, or our own
 * addresses when none is configured. Plus addresses of them count, letter case does not.
 */
export function acceptsOf(account: Account): Accepts {
  const settings = readSettings(account);
  if (settings?.listener === undefined) return () => false;
  const { recipients } = settings.listener;
  const named = recipients.length > 0 ? recipients : [settings.address, ...settings.ownAddresses];
  const known = new Set(named.map((entry) => entry.trim().toLowerCase()));
  return (address) => {
    const at = address.lastIndexOf('@');
    if (at < 1) return false;
    const domain = address.slice(at).toLowerCase();
    const local = address.slice(0, at).toLowerCase();
    return known.has(domain) || known.has(local + domain) || known.has(withoutPlus(local) + domain);
  };
}

function withoutPlus(local: string): string {
  const plus = local.indexOf('+');
  return plus > 0 ? local.slice(0, plus) : local;
}
