import type { Mailbox } from './mime/addresses.js';

/** What a mail is for the desk. */
export type MailClass =
  | 'message'
  /** Our own side wrote it: the Sent folder, or one of our addresses. */
  | 'echo'
  | 'autoReply'
  | 'list'
  /** Delivery failed for good. */
  | 'bounce'
  /** Delivery is late, the server goes on trying. */
  | 'delayed'
  /** A report that a delivery arrived. */
  | 'delivered'
  /** The recipient's program says that it was shown (RFC 8098). */
  | 'readReceipt'
  /** An abuse or fraud report (RFC 5965). */
  | 'report';

export interface BounceRecipient {
  readonly address: string;
  readonly action: string;
  /** Enhanced status `x.y.z` (RFC 3463), or an empty string. */
  readonly status: string;
  readonly diagnostic: string;
}

export interface Bounce {
  readonly recipients: readonly BounceRecipient[];
  /** Message-ID of the mail that bounced, with angle brackets, or null. */
  readonly originalMessageId: string | null;
}

export interface MailAttachment {
  /** Position of the part in the mail; `attachment()` takes it. */
  readonly ref: string;
  readonly name: string | null;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly inline: boolean;
  readonly contentId: string | null;
}

/** What a receiving server that we trust found out about the sender. */
export interface Authentication {
  /** The server that said so, or null when none of the trusted ones did. */
  readonly by: string | null;
  /** DMARC alignment: SPF or DKIM passed for the domain of From. */
  readonly aligned: boolean;
  /** The server's own word; `none` when it said nothing, `ambiguous` when it seems to have said several. */
  readonly dmarc: string;
}

export interface Calendar {
  readonly method: string;
  readonly summary: string;
  readonly start: string;
  readonly end: string;
  readonly location: string;
  readonly organizer: string;
}

/** What a token in the recipients or in the thread says. */
export interface TokenVerdict {
  readonly state: 'none' | 'valid' | 'expired';
  /** It came back from the address it was mailed to. */
  readonly proven: boolean;
}

/**
 * One mail as `decode` leaves it, ready for mapping: JSON values only. `kind`, `id`, `conversation`,
 * `about`, `receipt`, `sender` and `replyContext` are already in the draft's terms.
 */
export interface Mail {
  readonly kind: 'message' | 'echo' | 'automatic' | 'receipt';
  readonly class: MailClass;
  /** Message-ID and a short hash of From, Date and body. */
  readonly id: string;
  readonly conversation: string;
  readonly about: string | null;
  readonly receipt: {
    readonly status: 'failed' | 'delivered' | 'read';
    readonly code: string | null;
    /** Addresses that the report says do not exist, separated by spaces; null: none. */
    readonly gone: string | null;
  } | null;
  readonly sender: {
    readonly handle: string;
    readonly name: string | null;
    readonly identities: readonly {
      readonly kind: 'email';
      readonly value: string;
      readonly proof: 'proven' | 'strong' | 'weak';
    }[];
  };
  readonly from: Mailbox | null;
  readonly replyTo: readonly Mailbox[];
  /** Addresses, in order. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string | null;
  /** ISO 8601 with the sender's own offset. */
  readonly date: string | null;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly autoSubmitted: string | null;
  readonly listId: string | null;
  readonly returnPath: string | null;
  readonly deliveredTo: readonly string[];
  readonly authentication: Authentication;
  readonly token: TokenVerdict;
  /** What the sender wrote: without quoted history and signature. */
  readonly text: string;
  /** The whole body as text, cut at the limit. */
  readonly fullText: string;
  /** Sanitised: safe to show. The original stays in the envelope. */
  readonly html: string | null;
  readonly attachments: readonly MailAttachment[];
  readonly bounce: Bounce | null;
  readonly calendar: Calendar | null;
  readonly locale: string | null;
  readonly replyContext: Readonly<Record<string, unknown>>;
  /** Names of what was cut at a limit, separated by blanks; null when nothing was. */
  readonly truncated: string | null;
}
