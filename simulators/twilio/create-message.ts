import { makeSid, optOutKey, type Account, type StoredMessage } from './account.js';
import type { TwilioErrorCode } from './errors.js';

const MAX_BODY_CHARACTERS = 1600;
const MAX_MEDIA = 10;

/**
 * Twilio's magic numbers for test credentials, which fail in a known way
 * (twilio.com/docs/iam/test-credentials).
 */
const MAGIC_RECIPIENTS: Readonly<Record<string, TwilioErrorCode>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};

/** Checks the form of `POST Messages.json` in Twilio's order and stores the message, or names the error. */
export function createMessage(
  account: Account,
  form: URLSearchParams,
): StoredMessage | TwilioErrorCode {
  const sender = senderOf(account, form);
  if (typeof sender === 'number') return sender;
  const refusal = refuseRecipient(account, form, sender.from) ?? refuseContent(form);
  if (refusal !== null) return refusal;
  const mediaUrls = form.getAll('MediaUrl');
  const now = account.now();
  const message: StoredMessage = {
    sid: makeSid(mediaUrls.length > 0 ? 'MM' : 'SM'),
    direction: 'outbound-api',
    from: sender.from,
    to: form.get('To') ?? '',
    body: form.get('Body') ?? '',
    messagingServiceSid: sender.service,
    statusCallback: form.get('StatusCallback'),
    createdAt: now,
    media: [],
    mediaUrls,
    status: sender.service === null ? 'queued' : 'accepted',
    errorCode: null,
    updatedAt: now,
  };
  account.messages.set(message.sid, message);
  return message;
}

interface Sender {
  readonly from: string;
  readonly service: string | null;
}

function senderOf(account: Account, form: URLSearchParams): Sender | TwilioErrorCode {
  const service = form.get('MessagingServiceSid');
  const from = form.get('From');
  if (service !== null) {
    const number = account.services.get(service);
    return number === undefined ? 21701 : { from: from ?? number, service };
  }
  if (from === null || from === '') return 21603;
  if (!isE164(from)) return 21212;
  return account.numbers.has(from) ? { from, service: null } : 21606;
}

function refuseRecipient(
  account: Account,
  form: URLSearchParams,
  from: string,
): TwilioErrorCode | null {
  const to = form.get('To');
  if (to === null || to === '') return 21604;
  if (!isE164(to)) return 21211;
  if (account.optedOut.has(optOutKey(to, from))) return 21610;
  return MAGIC_RECIPIENTS[to] ?? null;
}

function refuseContent(form: URLSearchParams): TwilioErrorCode | null {
  const body = form.get('Body') ?? '';
  const mediaUrls = form.getAll('MediaUrl');
  if (body === '' && mediaUrls.length === 0) return 21602;
  if (Array.from(body).length > MAX_BODY_CHARACTERS) return 21617;
  if (mediaUrls.length > MAX_MEDIA) return 21623;
  if (!mediaUrls.every(isWebUrl)) return 21620;
  const callback = form.get('StatusCallback');
  return callback === null || isWebUrl(callback) ? null : 21609;
}

function isE164(number: string): boolean {
  return /^\+[1-9][0-9]{6,14}$/.test(number);
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
