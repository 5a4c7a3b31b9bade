/** One mail as `render` leaves it and `send` takes it. Every value is free of CR, LF and NUL. */
export interface MailPayload {
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  /** With the token's plus address when `plusAddress` is on; else null. */
  readonly replyTo: MailAddress | null;
  readonly subject: string;
  /** With angle brackets; carries the reply token and is fixed before the first attempt. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** The SMTP envelope's sender; bounces come back to it. Recipients are exactly `to` and `cc`. */
  readonly envelopeFrom: string;
  readonly text: string;
  readonly html: string;
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
