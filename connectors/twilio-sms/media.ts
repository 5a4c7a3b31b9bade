import type { Context, Fetched } from '../../src/sdk/index.js';
import { basic } from './client.js';
import { configOf } from './settings.js';
import type { Config } from './settings.js';

/** Twilio takes up to 5 MB from carriers; WhatsApp media, which share the path, up to 16 MB. */
const MAX_BYTES = 20 * 1024 * 1024;
const TIMEOUT = 60_000;
/** The media URL answers with a redirect to a signed one, which may be moved once more. */
const REDIRECTS = 3;

/** Fetches a `MediaUrl`. Credentials go to Twilio only, whatever the URL says. */
export async function fetchAttachment(context: Context, ref: string): Promise<Fetched> {
  const read = configOf(context.account());
  if (!read.ok) return { kind: 'transient', why: `the setting ${read.setting} is missing` };
  if (!URL.canParse(ref)) return { kind: 'expired', why: 'the delivery named no usable link' };
  const result = await context.http.request({
    method: 'GET',
    url: ref,
    headers: isTwilio(new URL(ref), read.config)
      ? { Authorization: authorization(read.config) }
      : {},
    timeout: TIMEOUT,
    maxBytes: MAX_BYTES,
    redirects: REDIRECTS,
  });
  if (result.kind !== 'answer') return { kind: 'transient', why: result.why };
  if (result.status === 200) {
    const type = result.headers['content-type'] ?? null;
    return { kind: 'file', file: { name: null, type, bytes: result.body } };
  }
  return result.status === 404 || result.status === 410
    ? { kind: 'expired', why: 'Twilio no longer has this file' }
    : { kind: 'transient', why: `Twilio answered with HTTP ${result.status}` };
}

function isTwilio(url: URL, { settings }: Config): boolean {
  const base = new URL(settings.apiBase);
  if (url.origin === base.origin) return true;
  const isRegional = url.protocol === 'https:' && url.hostname.endsWith('.twilio.com');
  return isRegional && base.hostname.endsWith('.twilio.com');
}

function authorization({ settings, credentials }: Config): string {
  return settings.apiKeySid !== undefined && credentials.apiKeySecret !== undefined
    ? basic(settings.apiKeySid, credentials.apiKeySecret)
    : basic(settings.accountSid, credentials.authToken);
}
