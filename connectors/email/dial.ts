import type { Account } from '../../src/sdk/index.js';
import type { Credentials, Settings } from './settings.js';

/** How one mail server is reached. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string;
  /** What we call ourselves in EHLO. */
  readonly name: string;
  /** Milliseconds an answer may take; absent: the protocol's own. */
  readonly patience?: number | undefined;
  /** PEM of an authority to believe besides the system's. */
  readonly ca?: string | undefined;
}

/** What a login shows. */
export interface Secret {
  readonly kind: 'password' | 'token';
  readonly value: string;
}

export type SignIn =
  | { readonly kind: 'ready'; readonly secret: Secret | null }
  | { readonly kind: 'missing'; readonly setting: string }
  | { readonly kind: 'oauth2' };

interface Server {
  readonly host: string;
  readonly port: number;
  readonly tls: Dial['tls'];
  readonly user: string;
  readonly auth: 'password' | 'oauth2' | 'none';
}

export function dialOf(settings: Settings, server: Server): Dial {
  const { host, port, tls, user } = server;
  return {
    host,
    port,
    tls,
    user: user === '' ? settings.address : user,
    name: settings.address.slice(settings.address.lastIndexOf('@') + 1),
  };
}

/** Which secret a server's login needs, as the account holds it now. */
export function signInOf(account: Account, server: Server, use: 'imap' | 'smtp'): SignIn {
  if (server.auth === 'none') return { kind: 'ready', secret: null };
  if (server.auth === 'oauth2') return { kind: 'oauth2' };
  const { imapPassword, smtpPassword } = account.credentials as Credentials;
  const value = use === 'imap' ? imapPassword : (smtpPassword ?? imapPassword);
  return value === undefined || value === ''
    ? { kind: 'missing', setting: `${use}Password` }
    : { kind: 'ready', secret: { kind: 'password', value } };
}
