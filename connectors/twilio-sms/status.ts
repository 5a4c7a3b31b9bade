/** The states of an outgoing message that a status callback names; "received" belongs to incoming ones. */
const OUTGOING = new Set([
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'partially_delivered',
  'undelivered',
  'failed',
  'canceled',
  'read',
]);

/** The status a callback reports, or null for a message of a customer. Old callbacks say `SmsStatus` only. */
export function statusOf(values: Readonly<Record<string, string>>): string | null {
  const status = values['MessageStatus'] ?? values['SmsStatus'] ?? '';
  return OUTGOING.has(status) ? status : null;
}

/**
 * What a status settles; null: still on its way. Callbacks arrive unordered, a late `sent` after
 * `delivered` is told apart by rank in the core.
 * Source: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
 */
export function settles(status: string): 'sent' | 'delivered' | 'read' | 'failed' | null {
  switch (status) {
    case 'sent':
    case 'partially_delivered':
      return 'sent';
    case 'delivered':
      return 'delivered';
    case 'read':
      return 'read';
    case 'undelivered':
    case 'failed':
    case 'canceled':
      return 'failed';
    default:
      return null;
  }
}
