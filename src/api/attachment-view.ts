import type { AttachmentView } from './schemas/messages.js';
import type { AttachmentRow } from '../store/messages.js';

/** An attachment as the API names it. */
export function attachmentView(row: AttachmentRow): AttachmentView {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    size: row.size,
    sha256: row.sha256,
    state: row.state as AttachmentView['state'],
    url: row.state === 'stored' ? `/api/v1/attachments/${row.id}` : null,
  };
}
