/**
 * What became of one send, as a value. Every platform answer, including an error inside HTTP 200,
 * is one of these; a thrown error is a defect of the connector, not an outcome.
 */
export type Outcome =
  | {
      readonly kind: 'sent';
      /** The platform's id of the message; receipts name it. Null where the platform gives none. */
      readonly externalId: string | null;
      /** `final`: nothing more will be heard. `awaitReceipt`: a receipt settles it. */
      readonly certainty: 'final' | 'awaitReceipt';
    }
  /** The request left and no documented answer came back: it may or may not have been processed. */
  | { readonly kind: 'uncertain'; readonly why: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type Failure =
  /** Not processed; try again with growing, jittered delay. */
  | { readonly kind: 'transient'; readonly why: string }
  /** Not processed; the lane pauses until then, no attempt is counted. Milliseconds UTC. */
  | { readonly kind: 'rateLimited'; readonly retryAt: number; readonly why: string }
  /** The credential was refused: one refresh, then the connection pauses and keeps its queue. */
  | { readonly kind: 'unauthorised'; readonly why: string }
  /** The platform's reply window is closed. */
  | { readonly kind: 'windowClosed'; readonly until: number | null; readonly why: string }
  /** Final: the agent is shown why. */
  | { readonly kind: 'refused'; readonly cause: RefusalCause; readonly why: string }
  /** Nothing will be sent until an admin mends the named setting. */
  | { readonly kind: 'misconfigured'; readonly setting: string; readonly why: string };

export type RefusalCause = 'recipientGone' | 'optedOut' | 'content' | 'permission';
export type FailureKind = Failure['kind'];

export const sent = (
  externalId: string | null,
  certainty: 'final' | 'awaitReceipt' = 'final',
): Outcome => ({ kind: 'sent', externalId, certainty });

export const uncertain = (why: string): Outcome => ({ kind: 'uncertain', why });

export const failed = (failure: Failure): Outcome => ({ kind: 'failed', failure });
