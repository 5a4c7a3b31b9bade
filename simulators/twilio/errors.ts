import { jsonAnswer, type HttpAnswer } from '../http/answer.js';

/** HTTP status and sentence of each error of the REST API that this simulator can give. */
const REST_ERRORS = {
  20003: [401, 'Authenticate'],
  20404: [404, 'The requested resource was not found'],
  20429: [429, 'Too Many Requests'],
  20500: [500, 'An internal server error has occurred'],
  20503: [503, 'Service is currently unavailable. Please try again.'],
  21211: [400, "Invalid 'To' Phone Number"],
  21212: [400, 'Invalid From Number (caller ID)'],
  21408: [
    400,
    "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
  ],
  21602: [400, 'Message body is required.'],
  21603: [400, "A 'From' phone number is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [
    400,
    "The 'From' phone number provided is not a valid message-capable Twilio phone number",
  ],
  21609: [400, "The 'StatusCallback' URL is not a valid URL."],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21612: [
    400,
    "Message cannot be sent with the current combination of 'To' and/or 'From' parameters",
  ],
  21614: [400, "'To' number is not a valid mobile number"],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
  21620: [400, 'Invalid media URL(s)'],
  21623: [400, 'Number of media files exceeds allowed limit'],
  21701: [400, 'The Messaging Service does not exist'],
} as const satisfies Record<number, readonly [number, string]>;

/** A code of Twilio's REST error catalogue, https://www.twilio.com/docs/api/errors. */
export type TwilioErrorCode = keyof typeof REST_ERRORS;

/** The answer that Twilio gives for this code: `{code, message, more_info, status}`. */
export function twilioError(
  code: TwilioErrorCode,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const [status, message] = REST_ERRORS[code];
  return jsonAnswer(status, twilioErrorBody(code, message, status), headers);
}

/** The same as a body, for scripting a fault. */
export function twilioErrorBody(
  code: number,
  message: string,
  status: number,
): { code: number; message: string; more_info: string; status: number } {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}

/** Why a message that was taken could not be delivered, as `ErrorCode` of a status callback. */
export const DELIVERY_ERRORS: Readonly<Record<number, string>> = {
  30001: 'Queue overflow',
  30002: 'Account suspended',
  30003: 'Unreachable destination handset',
  30004: 'Message blocked',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Carrier violation',
  30008: 'Unknown error',
  30019: 'Content size exceeds carrier limit',
};
