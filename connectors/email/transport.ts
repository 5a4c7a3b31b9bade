/**
 * One answer as `render` leaves it and as it waits: what holds on every attempt. What the settings
 * say of it (From, Reply-To, signature) is added when it leaves; see `letterhead.ts`.
 */
export interface Answer {
  readonly token: string;
  readonly to: readonly MailAddress[];
  /** Everybody else on the customer's mail, our own side perhaps among them. */
  readonly cc: readonly MailAddress[];
  readonly subject: string;
  /** With angle brackets; carries the reply token and is fixed before the first attempt. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly text: string;
  readonly html: string;
}

/** One mail as it leaves. No header value holds CR, LF or NUL. */
export interface OutgoingMail extends Omit<Answer, 'token'> {
  readonly from: MailAddress;
  /** With the token's plus address when `plusAddress` is on; else null. */
  readonly replyTo: MailAddress | null;
  /** The SMTP envelope's sender; bounces come back to it. Recipients are exactly `to` and `cc`. */
  readonly envelopeFrom: string;
}

export interface MailAddress {
  readonly name: string;
  /** A plain `local@domain`: no quotes, no comments, no control characters. */
  readonly address: string;
}

/**
 * Facts of the transport that the live half leaves in an arrival's `notes` and `decode` reads:
 * - `role`: `sent` for the Sent folder (our own echo), else `inbox`;
 * - `folder`, `uidvalidity`, `uid`: the place in the mailbox;
 * - `mailFrom`: SMTP envelope sender, empty for the null sender;
 * - `rcptTo`: SMTP envelope recipients, separated by one space;
 * - `remote`: IP address the listener was called from;
 * - `oversize`: bytes of a mail that is too large to take in: the body is its header alone;
 * - `unreadable`: the mail server does not hand the mail out: the body is its header, or empty.
 */
export type MailNotes = Readonly<
  Partial<
    Record<
      | 'role'
      | 'folder'
      | 'uidvalidity'
      | 'uid'
      | 'mailFrom'
      | 'rcptTo'
      | 'remote'
      | 'oversize'
      | 'unreadable',
      string
    >
  >
>;
