import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BlockList } from 'node:net';
import { compileSelector } from '../../src/sdk/index.js';
import type { Account, Selector } from '../../src/sdk/index.js';
import { Credentials, Settings } from './settings.js';
import { addTo } from './settings-receive.js';
import { readCheckingKey } from './standard-webhooks.js';
import type { StandardKey } from './standard-webhooks.js';

/** Everything about an account that is the same for every delivery, worked out once. */
export interface Prepared {
  readonly settings: Settings;
  readonly credentials: Credentials;
  readonly standardKeys: readonly StandardKey[];
  readonly hmacKeys: readonly KeyObject[];
  /** Null: any address. */
  readonly allowFrom: BlockList | null;
  readonly deliveryKey: Selector | null;
  readonly items: Selector | null;
}

export type Preparation =
  | { readonly ok: true; readonly prepared: Prepared }
  /** `setting` is missing or wrong; nothing is believed and nothing is sent. */
  | { readonly ok: false; readonly setting: string; readonly why: string };

/**
 * Parsing settings and keys costs some hundred microseconds, a delivery a dozen. An account object
 * stands for one state of a connection and is replaced as a whole, so what was worked out from it
 * holds as long as it lives, and is forgotten with it.
 */
const known = new WeakMap<Account, Preparation>();

export function prepare(account: Account): Preparation {
  const earlier = known.get(account);
  if (earlier !== undefined) return earlier;
  const preparation = prepareAnew(account);
  known.set(account, preparation);
  return preparation;
}

function prepareAnew(account: Account): Preparation {
  const settings = Settings.safeParse(account.settings);
  if (!settings.success) return wrong(settings.error.issues[0], 'settings');
  const credentials = Credentials.safeParse(account.credentials);
  if (!credentials.success) return wrong(credentials.error.issues[0], 'credentials');
  const secrets = [credentials.data.secret, credentials.data.previousSecret].filter(isSet);
  const { signature, secretEncoding } = settings.data;
  const standard = signature === 'standard-webhooks' ? secrets.map(readCheckingKey) : [];
  const broken = standard.find((read) => !read.ok);
  if (broken !== undefined) return { ok: false, setting: 'secret', why: broken.why };
  const hmac = signature === 'hmac' ? secrets.map((text) => secretBytes(text, secretEncoding)) : [];
  if (hmac.some((bytes) => bytes.length < SHORTEST_SECRET)) {
    const why = `at least ${SHORTEST_SECRET} bytes, as ${secretEncoding}`;
    return { ok: false, setting: 'secret', why };
  }
  return {
    ok: true,
    prepared: {
      settings: settings.data,
      credentials: credentials.data,
      standardKeys: standard.flatMap((read) => (read.ok ? [read.key] : [])),
      hmacKeys: hmac.map((bytes) => createSecretKey(bytes)),
      allowFrom: rangesOf(settings.data.allowFrom),
      deliveryKey: selectorOf(settings.data.deliveryKey),
      items: selectorOf(settings.data.items),
    },
  };
}

/** Shorter ones are guessed. */
const SHORTEST_SECRET = 8;

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string } | undefined;

function wrong(issue: Issue, fallback: string): Preparation {
  const setting = String(issue?.path[0] ?? fallback);
  return { ok: false, setting, why: issue?.message ?? 'missing or malformed' };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

function secretBytes(text: string, encoding: 'text' | 'base64' | 'hex'): Buffer {
  return Buffer.from(text, encoding === 'text' ? 'utf8' : encoding);
}

function rangesOf(ranges: readonly string[]): BlockList | null {
  if (ranges.length === 0) return null;
  const list = new BlockList();
  for (const range of ranges) addTo(list, range);
  return list;
}

export function selectorOf(text: string | undefined): Selector | null {
  if (text === undefined || text === '') return null;
  const read = compileSelector(text);
  return read.ok ? read.selector : null;
}
