import type { ReplyContext } from './reply-context.js';

/** One file of an outgoing message; the bytes are in the blob store, named by their hash. */
export interface ReplyAttachment {
  readonly sha256: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Where the platform may fetch it, for platforms that take links; null without a public URL. */
  readonly url: string | null;
}

/** What an agent (or a rule) says on one conversation, before the connector renders it. */
export interface Reply {
  /** Stable over retries; also seeds every part's key. */
  readonly id: string;
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly ReplyAttachment[];
  /** Milliseconds UTC at which it was composed. */
  readonly composedAt: number;
  readonly agent: string | null;
  readonly conversation: ReplyConversation;
}

export interface ReplyConversation {
  /** The platform's thread key, as the drafts of this conversation carry it. */
  readonly key: string;
  /** Address of the customer this conversation is with. */
  readonly handle: string;
  readonly name: string | null;
  readonly subject: string | null;
  readonly ticket: number;
  /** The conversation's reply context: each draft's `replyContext` laid over those before it. */
  readonly context: ReplyContext;
}

/** One sendable piece of a reply; a platform's quota counts parts. */
export interface Part {
  /** JSON that `send` understands; stored, hashed and never shown. */
  readonly payload: unknown;
  /** What an agent sees of it in a preview. */
  readonly preview: string;
  readonly attachments: readonly ReplyAttachment[];
}

/** The states of a delivery, worst last wins when parts differ. */
export type DeliveryState =
  'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'uncertain';
