import { z } from 'zod';
import { json, problem, WRITTEN } from '../answer.js';
import { attachmentView } from '../attachment-view.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import { idInPath } from '../schemas/ids.js';
import { AttachmentView } from '../schemas/messages.js';
import { sendFile } from '../send-file.js';
import { contentType } from '../../intake/attachments.js';
import { attachmentById, insertAttachment } from '../../store/messages.js';

/** Files, up for a reply and down from a message. */
export function attachmentRoutes(parts: Parts): readonly Route[] {
  return [upload(parts), download(parts)];
}

function upload({ house }: Parts): Route {
  const { store, blobs, loaded } = house;
  const { bytes } = loaded.config.attachments;
  return route('POST /api/v1/attachments', {
    tag: 'Attachments',
    summary: 'Upload a file for a reply or a note',
    description: `The body is the file itself, of any content type, at most ${bytes} bytes. Its type is read from its content.`,
    query: z.object({
      name: z.string().min(1).max(300).optional().meta({ description: 'As the customer sees it' }),
    }),
    raw: { bytes, description: 'The bytes of the file' },
    answers: { 201: { description: 'The file, to be named in a reply', schema: AttachmentView } },
    async handle({ body, query: { name } }) {
      const file: unknown = body;
      if (!Buffer.isBuffer(file) || file.length === 0) {
        return problem('badRequest', 'the body is empty: send the bytes of the file');
      }
      const sha256 = await blobs.put(file);
      const row = {
        ...NOT_FROM_A_MESSAGE,
        name: name ?? null,
        type: contentType(file),
        size: file.length,
        sha256,
        state: 'stored',
      };
      const id = await store.write(() => insertAttachment(row));
      return json(attachmentView({ ...row, id, attempts: 0 }), 201, {
        location: `/api/v1/attachments/${id}`,
      });
    },
  });
}

function download({ house }: Parts): Route {
  const { store, blobs } = house;
  return route('GET /api/v1/attachments/{id}', {
    tag: 'Attachments',
    summary: 'Download a file',
    description:
      'Always as a download that no browser runs. `inline=1` shows PNG, JPEG, GIF and WebP pictures in place.',
    params: z.object({ id: idInPath }),
    query: z.object({ inline: z.enum(['1', 'true']).optional() }),
    answers: { 200: { description: 'The bytes', type: 'application/octet-stream' } },
    async handle({ params: { id }, query: { inline }, response }) {
      const row = await store.read(() => attachmentById(id));
      if (row === undefined) return problem('notFound', `there is no attachment ${id}`);
      if (row.sha256 === null || row.state !== 'stored') {
        return problem('conflict', `attachment ${id} is ${row.state}: its bytes are not here`);
      }
      const sent = await sendFile(response, blobs, {
        ...row,
        sha256: row.sha256,
        purpose: inline === undefined ? 'download' : 'inline',
      });
      return sent ? WRITTEN : problem('notFound', `the bytes of attachment ${id} were erased`);
    },
  });
}

const NOT_FROM_A_MESSAGE = {
  message_id: null,
  envelope_id: null,
  connection_id: null,
  ref: null,
} as const;
