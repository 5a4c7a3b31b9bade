import { optOutKey, type Account } from './account.js';

/** What a one-word message means to Twilio itself. */
export type OptOutType = 'STOP' | 'START' | 'HELP';

/** Twilio's default English keywords; only a message of exactly one of these words counts. */
const KEYWORDS: Readonly<Record<OptOutType, readonly string[]>> = {
  STOP: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'],
  START: ['START', 'YES', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
};

const REPLIES: Readonly<Record<OptOutType, string>> = {
  STOP:
    'You have successfully been unsubscribed. You will not receive any more messages from this number. ' +
    'Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. ' +
    'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
};

/** What a customer's message means to Twilio, and the answer that Twilio gives by itself. */
export function obeyKeyword(
  account: Account,
  text: { readonly from: string; readonly to: string; readonly body: string },
): { readonly type: OptOutType; readonly reply: string } | null {
  const word = text.body.trim().toUpperCase();
  const types: readonly OptOutType[] = ['STOP', 'START', 'HELP'];
  const type = types.find((one) => KEYWORDS[one].includes(word));
  if (type === undefined) return null;
  const key = optOutKey(text.from, text.to);
  const wasOut = account.optedOut.has(key);
  if (type === 'STOP') account.optedOut.add(key);
  if (type === 'START') account.optedOut.delete(key);
  // YES is an everyday word: without a STOP before it Twilio says nothing.
  if (type === 'START' && !wasOut) return null;
  return { type, reply: REPLIES[type] };
}
