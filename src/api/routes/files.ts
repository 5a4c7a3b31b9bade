import { z } from 'zod';
import { problem, WRITTEN } from '../answer.js';
import type { Parts } from '../hub.js';
import { publicFiles } from '../public-files.js';
import { route, type Route } from '../route.js';
import { idInPath } from '../schemas/ids.js';
import { sendFile } from '../send-file.js';
import { attachmentById } from '../../store/messages.js';

/** Where platforms fetch what a reply carries, by a signed link that ends. */
export function fileRoutes(parts: Parts): readonly Route[] {
  const links = publicFiles(parts);
  const { store, blobs } = parts.house;
  return [
    route('GET /files/{id}/{until}/{mac}/{name}', {
      tag: 'Attachments',
      summary: 'An outgoing file, by the signed link its platform was given',
      params: z.object({
        id: idInPath,
        until: idInPath,
        mac: z.string().max(100),
        name: z.string(),
      }),
      answers: { 200: { description: 'The bytes', type: 'application/octet-stream' } },
      async handle({ params: { id, until, mac }, response }) {
        if (!links.admits(id, until, mac)) return GONE;
        const row = await store.read(() => attachmentById(id));
        if (row === undefined || row.sha256 === null) return GONE;
        const file = { ...row, sha256: row.sha256, purpose: 'platform' } as const;
        const sent = await sendFile(response, blobs, file);
        return sent ? WRITTEN : GONE;
      },
    }),
  ];
}

const GONE = problem('notFound', 'this link has ended, or it was changed');
