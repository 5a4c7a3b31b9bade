import { roomOfBytes, splitText } from '../../src/sdk/index.js';
import type { Limit, Part, Rendered, Reply, ReplyAttachment } from '../../src/sdk/index.js';

/** WeChat's own bound, in UTF-8; from memory, and therefore here in one place. */
export const MAX_TEXT_BYTES = 2_048;
const MIB = 1024 * 1024;

export type MediaKind = 'image' | 'voice' | 'video';

/** Files WeChat takes, by how it calls them. */
const MEDIA: Readonly<
  Record<MediaKind, { readonly types: RegExp; readonly maxBytes: number; readonly said: string }>
> = {
  image: { types: /^image\/(?:jpe?g|png|gif|bmp)$/, maxBytes: 10 * MIB, said: '10 MB' },
  voice: { types: /^audio\/(?:amr|mpeg|mp3)$/, maxBytes: 2 * MIB, said: '2 MB' },
  video: { types: /^video\/mp4$/, maxBytes: 10 * MIB, said: '10 MB' },
};

/** For a definition: what {@link renderWith} keeps. */
export const LIMITS: readonly Limit[] = [
  { what: 'text', unit: 'bytes', max: MAX_TEXT_BYTES, beyond: 'split' },
  { what: 'attachment', unit: 'bytes', max: 10 * MIB, beyond: 'reject' },
];

/** What `send` needs of one message; also what {@link Part.payload} holds. */
export type Payload =
  | { readonly to: string; readonly kind: 'text'; readonly text: string }
  | {
      readonly to: string;
      readonly kind: MediaKind;
      readonly sha256: string;
      readonly type: string;
    };

/**
 * What JSON can hold only as an escape, which WeChat refuses: control characters but tab and line feed, and
 * lone surrogates.
 */
const ESCAPED = /[^\P{Cc}\t\n]|\p{Cs}/gu;

/** A reply as text messages of at most 2,048 bytes, and one message for each file. */
export function renderWith(kinds: readonly MediaKind[], reply: Reply): Rendered {
  const to = reply.conversation.handle;
  const texts = splitText(reply.text.replace(ESCAPED, ''), roomOfBytes(MAX_TEXT_BYTES));
  if (texts.length === 0 && reply.attachments.length === 0) {
    return refused('a WeChat message needs a text or a file', '微信消息需要文字或文件');
  }
  const parts: Part[] = texts.map((text) => ({
    payload: { to, kind: 'text', text } satisfies Payload,
    preview: text,
    attachments: [],
  }));
  for (const file of reply.attachments) {
    const kind = kinds.find((one) => MEDIA[one].types.test(file.type.toLowerCase()));
    if (kind === undefined) return unsendable(file, kinds);
    const { maxBytes, said } = MEDIA[kind];
    if (file.size > maxBytes) return tooLarge(file, said);
    parts.push(mediaPart(to, kind, file));
  }
  return { kind: 'parts', parts };
}

function mediaPart(to: string, kind: MediaKind, file: ReplyAttachment): Part {
  const { sha256, type } = file;
  const payload: Payload = { to, kind, sha256, type };
  return { payload, preview: `[${file.name}]`, attachments: [file] };
}

const NAMES: Readonly<Record<MediaKind, { readonly en: string; readonly zh: string }>> = {
  image: { en: 'pictures (JPEG, PNG, GIF, BMP)', zh: '图片（JPEG、PNG、GIF、BMP）' },
  voice: { en: 'voice (AMR, MP3)', zh: '语音（AMR、MP3）' },
  video: { en: 'video (MP4)', zh: '视频（MP4）' },
};

function unsendable({ name }: ReplyAttachment, kinds: readonly MediaKind[]): Rendered {
  const list = (language: 'en' | 'zh', between: string): string =>
    kinds.map((kind) => NAMES[kind][language]).join(between);
  return refused(
    `WeChat takes ${list('en', ', ')} here, and “${name}” is none of these`,
    `微信此处仅支持${list('zh', '、')}，“${name}”不在其中`,
  );
}

function tooLarge({ name }: ReplyAttachment, said: string): Rendered {
  return refused(
    `“${name}” is larger than the ${said} WeChat takes`,
    `“${name}”超过微信 ${said} 上限`,
  );
}

function refused(en: string, zh: string): Rendered {
  return { kind: 'refused', cause: 'content', why: { en, zh } };
}
