import type { Json } from '../faults.js';
import type { Account, StoredMedia, StoredMessage } from './account.js';
import { DELIVERY_ERRORS } from './errors.js';
import { countSegments } from './segments.js';

const VERSION = '2010-04-01';

/** Path of the account's resources. */
export function accountPath(accountSid: string): string {
  return `/${VERSION}/Accounts/${accountSid}`;
}

/** A Message resource, schema `api.v2010.account.message` of the official API description. */
export function messageResource(account: Account, message: StoredMessage): Json {
  const path = `${accountPath(account.sid)}/Messages/${message.sid}`;
  const unassigned = message.status === 'accepted';
  const media = message.direction === 'inbound' ? message.media.length : message.mediaUrls.length;
  return {
    account_sid: account.sid,
    api_version: VERSION,
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: isUnsent(message) ? null : rfc2822(message.updatedAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : (DELIVERY_ERRORS[message.errorCode] ?? null),
    from: unassigned ? null : message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: String(media),
    num_segments: unassigned ? '0' : String(countSegments(message.body)),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${path}/Media.json` },
    to: message.to,
    uri: `${path}.json`,
  };
}

/** A Media resource, schema `api.v2010.account.message.media`. */
export function mediaResource(account: Account, media: StoredMedia): Json {
  return {
    account_sid: account.sid,
    content_type: media.contentType,
    date_created: rfc2822(media.createdAt),
    date_updated: rfc2822(media.createdAt),
    parent_sid: media.messageSid,
    sid: media.sid,
    uri: `${mediaPath(account.sid, media)}.json`,
  };
}

/** Path of a media file itself (without `.json`). */
export function mediaPath(accountSid: string, media: StoredMedia): string {
  return `${accountPath(accountSid)}/Messages/${media.messageSid}/Media/${media.sid}`;
}

/** One page that holds everything. */
export function listPage(path: string, name: string, items: readonly Json[]): Json {
  const uri = `${path}?PageSize=50&Page=0`;
  return {
    end: Math.max(0, items.length - 1),
    first_page_uri: uri,
    next_page_uri: null,
    page: 0,
    page_size: 50,
    previous_page_uri: null,
    start: 0,
    uri,
    [name]: items,
  };
}

/** An IncomingPhoneNumber resource, as far as a check of ownership looks at it. */
export function numberResource(account: Account, number: string): Json {
  const sid = `PN${number.slice(1).padStart(32, '0')}`;
  return {
    account_sid: account.sid,
    api_version: VERSION,
    capabilities: { fax: false, mms: true, sms: true, voice: true },
    friendly_name: number,
    phone_number: number,
    sid,
    sms_method: 'POST',
    sms_url: null,
    status: 'in-use',
    uri: `${accountPath(account.sid)}/IncomingPhoneNumbers/${sid}.json`,
  };
}

/** The Account resource, as far as a credentials check looks at it. */
export function accountResource(account: Account): Json {
  const created = rfc2822(new Date(Date.UTC(2024, 0, 15)));
  const path = accountPath(account.sid);
  return {
    auth_token: account.authToken,
    date_created: created,
    date_updated: created,
    friendly_name: 'Simulated account',
    owner_account_sid: account.sid,
    sid: account.sid,
    status: 'active',
    subresource_uris: { messages: `${path}/Messages.json` },
    type: 'Full',
    uri: `${path}.json`,
  };
}

function isUnsent(message: StoredMessage): boolean {
  return message.status === 'accepted' || message.status === 'queued';
}

function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
