import { createHash } from 'node:crypto';
import type { Part, Reply, ReplyAttachment } from '../../model/reply.js';
import type { Account } from '../inbound.js';
import type { Rendered } from '../treaty.js';
import type { Bench } from './check.js';

/** The kinds of file a definition grades. */
export const FILE_CONTENTS = ['image', 'audio', 'video', 'file'] as const;
export type FileContent = (typeof FILE_CONTENTS)[number];

const TYPES: Readonly<Record<FileContent, readonly [name: string, type: string]>> = {
  image: ['photo.jpg', 'image/jpeg'],
  audio: ['voice.mp3', 'audio/mpeg'],
  video: ['clip.mp4', 'video/mp4'],
  file: ['invoice.pdf', 'application/pdf'],
};

/** The bytes behind every attachment the kit sends. */
export const ATTACHMENT_BYTES = Buffer.from('%PDF-1.4 the bytes of a small file');
export const ATTACHMENT_HASH = createHash('sha256').update(ATTACHMENT_BYTES).digest('hex');

export function attachmentOf(content: FileContent): ReplyAttachment {
  const [name, type] = TYPES[content];
  const size = ATTACHMENT_BYTES.length;
  const url = `https://hub.example/attachments/${ATTACHMENT_HASH}`;
  return { sha256: ATTACHMENT_HASH, name, type, size, url };
}

/** An answer of an agent on the subject's conversation. */
export function replyOf(bench: Bench, text: string, more: Partial<Reply> = {}): Reply {
  return {
    id: 'reply-1',
    text,
    html: null,
    attachments: [],
    composedAt: bench.subject.now,
    agent: 'Lin',
    conversation: bench.subject.conversation,
    ...more,
  };
}

export function renderOf(bench: Bench, reply: Reply, account?: Account): Rendered {
  return bench.connector.render(reply, account ?? bench.subject.account);
}

/** The parts; none when the reply was refused. */
export function partsOf(rendered: Rendered): readonly Part[] {
  return rendered.kind === 'parts' ? rendered.parts : [];
}

/** One ordinary sendable part for this account. */
export function onePart(bench: Bench, account: Account, id = 'reply-1'): Part {
  const rendered = renderOf(
    bench,
    replyOf(bench, 'We have sent a new one. 已重新寄出。', { id }),
    account,
  );
  const [part] = partsOf(rendered);
  if (part === undefined) throw new Error('an ordinary answer gives no part to send');
  return part;
}
