import type { Account, Fate, MessageStatus, StoredMessage } from './account.js';

/** The states that a message of this fate passes through after it was taken. */
export function stagesOf(fate: Fate): readonly MessageStatus[] {
  if (fate.status === 'failed') return ['queued', 'failed'];
  if (fate.status === 'sent') return ['queued', 'sent'];
  return ['queued', 'sent', fate.status];
}

/** Puts the message into a state. */
export function enterStage(
  account: Account,
  message: StoredMessage,
  stage: { readonly status: MessageStatus; readonly fate: Fate },
): void {
  const isEnd = stage.status === stage.fate.status;
  message.status = stage.status;
  message.errorCode = isEnd ? (stage.fate.errorCode ?? null) : null;
  message.updatedAt = account.now();
}

/** The parameters of a status callback (twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks). */
export function receiptForm(
  account: Account,
  message: StoredMessage,
  stage: { readonly status: MessageStatus; readonly fate: Fate },
): URLSearchParams {
  const form = new URLSearchParams({
    SmsSid: message.sid,
    SmsStatus: stage.status,
    MessageStatus: stage.status,
    To: message.to,
    MessageSid: message.sid,
    AccountSid: account.sid,
    From: message.from,
    ApiVersion: '2010-04-01',
  });
  if (message.messagingServiceSid !== null) {
    form.set('MessagingServiceSid', message.messagingServiceSid);
  }
  const { errorCode } = stage.fate;
  if (errorCode !== undefined && stage.status === stage.fate.status) {
    form.set('ErrorCode', String(errorCode));
  }
  return form;
}

/** The same items in another order (Fisher–Yates); `random` gives numbers from 0 up to but not 1. */
export function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  const rest = [...items];
  const mixed: Item[] = [];
  while (rest.length > 0) mixed.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return mixed;
}
