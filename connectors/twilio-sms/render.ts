import type { Account, Part, Rendered, Reply, ReplyAttachment } from '../../src/sdk/index.js';
import { MAX_BODY_CHARACTERS, MAX_MEDIA, MAX_MEDIA_BYTES } from './definition.js';
import { configOf } from './settings.js';
import type { Settings } from './settings.js';
import { splitInSegments } from './split.js';

const DEFAULT_SEGMENTS = 10;

/** What `send` needs of one message; also what {@link Part.payload} holds. */
export interface Payload {
  readonly to: string;
  /** The number or messaging service the customer wrote to; null: the settings say who sends. */
  readonly our: string | null;
  readonly text: string;
  readonly media: readonly string[];
  /** Milliseconds UTC of composing; a look-up never believes an older message. */
  readonly composedAt: number;
}

/** A reply as SMS of at most the configured segments; attachments travel as links with the last of them. */
export function render(reply: Reply, account: Account): Rendered {
  const refusal = refuse(reply);
  if (refusal !== null) return refusal;
  const config = configOf(account);
  const settings = config.ok ? config.config.settings : null;
  const texts = splitInSegments(reply.text, {
    characters: MAX_BODY_CHARACTERS,
    segments: settings?.maxSegments ?? DEFAULT_SEGMENTS,
  });
  const files = inGroups(reply.attachments, MAX_MEDIA);
  const parts: Part[] = texts.slice(0, -1).map((text) => toPart({ reply, text, files: [] }));
  parts.push(toPart({ reply, text: texts.at(-1) ?? '', files: files[0] ?? [] }));
  for (const group of files.slice(1)) {
    parts.push(toPart({ reply, text: '', files: group }));
  }
  return { kind: 'parts', parts };
}

function refuse(reply: Reply): Rendered | null {
  if (reply.text.trim() === '' && reply.attachments.length === 0) {
    return content('an SMS needs a text or a file', '短信需要文字或文件');
  }
  const big = reply.attachments.find((file) => file.size > MAX_MEDIA_BYTES);
  if (big !== undefined) {
    return content(
      `“${big.name}” is larger than the 5 MB an MMS takes`,
      `“${big.name}”超过彩信 5 MB 上限`,
    );
  }
  const unreachable = reply.attachments.find((file) => file.url === null);
  if (unreachable === undefined) return null;
  return content(
    `Twilio fetches “${unreachable.name}” by a public link, and the hub has no public URL: set HUBBUB_PUBLIC_URL`,
    `Twilio 需通过公开链接获取“${unreachable.name}”，而系统未配置公开 URL：请设置 HUBBUB_PUBLIC_URL`,
  );
}

function content(en: string, zh: string): Rendered {
  return { kind: 'refused', cause: 'content', why: { en, zh } };
}

/** Who sends one message. */
export interface Address {
  /** Null: the messaging service chooses. */
  readonly from: string | null;
  readonly service: string | null;
}

/**
 * By the settings of now, so that a mended number holds for what already waits. The number the customer
 * wrote to comes first: from another one the answer would open a new thread on the phone.
 */
export function addressOf({ our }: Payload, settings: Settings): Address {
  const service = settings.messagingServiceSid ?? null;
  if (our?.startsWith('MG') === true) return { from: null, service: our };
  if (our?.includes('+') === true) return { from: our, service };
  return { from: service === null ? (settings.from ?? null) : null, service };
}

interface Piece {
  readonly reply: Reply;
  readonly text: string;
  readonly files: readonly ReplyAttachment[];
}

function toPart({ reply, text, files }: Piece): Part {
  const { our } = reply.conversation.context;
  const payload: Payload = {
    to: reply.conversation.handle,
    our: typeof our === 'string' ? our : null,
    text,
    media: files.flatMap((file) => (file.url === null ? [] : [file.url])),
    composedAt: reply.composedAt,
  };
  const names = files.map((file) => `[${file.name}]`);
  return {
    payload,
    preview: [text, ...names].filter((line) => line !== '').join('\n'),
    attachments: files,
  };
}

function inGroups<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}
