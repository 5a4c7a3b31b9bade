import type { Parts } from './hub.js';
import { publicFiles } from './public-files.js';
import type { ReplyAttachment } from '../model/reply.js';
import { attachmentsByIds } from '../store/messages.js';

export type OutgoingFiles =
  | {
      readonly kind: 'files';
      readonly files: readonly (ReplyAttachment & { readonly id: number })[];
    }
  | { readonly kind: 'missing'; readonly why: string };

/** Uploaded files on their way out; with a public URL each has a link that the platform can fetch. */
export async function outgoingFiles(parts: Parts, ids: readonly number[]): Promise<OutgoingFiles> {
  if (ids.length === 0) return { kind: 'files', files: [] };
  const rows = await parts.house.store.read(() => attachmentsByIds(ids));
  const links = publicFiles(parts);
  const files = [];
  for (const id of ids) {
    const row = rows.find((one) => one.id === id);
    if (row === undefined || row.sha256 === null || row.state !== 'stored') {
      return { kind: 'missing', why: `there is no uploaded file ${id}` };
    }
    if (row.message_id !== null) {
      return { kind: 'missing', why: `file ${id} belongs to a message already: upload it again` };
    }
    const name = row.name ?? `file-${id}`;
    files.push({
      id,
      sha256: row.sha256,
      name,
      type: row.type ?? 'application/octet-stream',
      size: row.size ?? 0,
      url: links.link(id, name),
    });
  }
  return { kind: 'files', files };
}
