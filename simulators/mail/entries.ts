import type { WrittenLetter } from './letters.js';
import type { MailAttempt } from './outgoing.js';
import type { Unanswered } from './smtp-door.js';

/** One line of the provider's books. */
export type MailEntry =
  /** The provider took a mail of the hub over SMTP: from here on it is on its way. */
  | {
      readonly kind: 'taken';
      readonly from: string;
      readonly to: readonly string[];
      readonly raw: Buffer;
    }
  /** How an SMTP transaction of the hub ended: the code, or how the connection died. */
  | {
      readonly kind: 'smtp';
      readonly from: string;
      readonly to: readonly string[];
      readonly ending: number | Unanswered;
    }
  /** One attempt to hand a customer's mail over. */
  | { readonly kind: 'attempt'; readonly letter: WrittenLetter; readonly attempt: MailAttempt }
  /** A mail was put into a folder. */
  | {
      readonly kind: 'stored';
      readonly address: string;
      readonly folder: string;
      readonly uid: number;
      readonly raw: Buffer;
    }
  /** The hub gave an IMAP command. */
  | {
      readonly kind: 'imap';
      readonly user: string;
      readonly command: string;
      readonly ending: string;
    };
