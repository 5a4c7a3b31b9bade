import type { ConnectionRow } from '../store/connections.js';

/** `attention`: active, but something of it does not work, as `statusReason` says. */
export type ShownStatus = ConnectionRow['status'] | 'attention';

export function shownStatus({
  status,
  status_reason: reason,
}: Pick<ConnectionRow, 'status' | 'status_reason'>): ShownStatus {
  return status === 'active' && reason !== null ? 'attention' : status;
}
