import { makeSid, type Account, type StoredMessage } from './account.js';
import type { OptOutType } from './keywords.js';
import { mediaPath } from './resources.js';
import { countSegments } from './segments.js';

/** A photo or other file in an MMS. */
export interface MediaFile {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Stores a customer's message as the platform does before it calls the hook. */
export function storeInbound(
  account: Account,
  text: { readonly from: string; readonly to: string; readonly body: string },
  files: readonly MediaFile[],
): StoredMessage {
  const sid = makeSid(files.length > 0 ? 'MM' : 'SM');
  const now = account.now();
  const message: StoredMessage = {
    ...text,
    sid,
    direction: 'inbound',
    messagingServiceSid: serviceOf(account, text.to),
    statusCallback: null,
    createdAt: now,
    media: files.map((file) => ({
      ...file,
      sid: makeSid('ME'),
      messageSid: sid,
      createdAt: now,
    })),
    mediaUrls: [],
    status: 'received',
    errorCode: null,
    updatedAt: now,
  };
  account.messages.set(sid, message);
  return message;
}

/**
 * The parameters of Twilio's request to the messaging hook
 * (twilio.com/docs/messaging/guides/webhook-request). `OptOutType` is there only with Advanced Opt-Out, a
 * feature of messaging services.
 */
export function inboundForm(
  account: Account,
  message: StoredMessage,
  details: { readonly apiUrl: string; readonly optOut: OptOutType | null },
): URLSearchParams {
  const form = new URLSearchParams({
    ToCountry: countryOf(message.to),
    ToState: '',
    SmsMessageSid: message.sid,
    NumMedia: String(message.media.length),
    ToCity: '',
    FromZip: '',
    SmsSid: message.sid,
    FromState: '',
    SmsStatus: 'received',
    FromCity: '',
    Body: message.body,
    FromCountry: countryOf(message.from),
    To: message.to,
    ToZip: '',
    NumSegments: String(countSegments(message.body)),
    MessageSid: message.sid,
    AccountSid: account.sid,
    From: message.from,
    ApiVersion: '2010-04-01',
  });
  if (message.messagingServiceSid !== null) {
    form.set('MessagingServiceSid', message.messagingServiceSid);
    if (details.optOut !== null) form.set('OptOutType', details.optOut);
  }
  message.media.forEach((media, index) => {
    form.set(`MediaContentType${index}`, media.contentType);
    form.set(`MediaUrl${index}`, details.apiUrl + mediaPath(account.sid, media));
  });
  return form;
}

function serviceOf(account: Account, number: string): string | null {
  for (const [sid, sender] of account.services) if (sender === number) return sid;
  return null;
}

function countryOf(number: string): string {
  if (number.startsWith('+1')) return 'US';
  if (number.startsWith('+86')) return 'CN';
  return '';
}
