import type { z } from 'zod';
import type { HandleKind, Proof } from '../model/identity.js';
import type { Localised } from '../model/localised.js';

/** How bytes travel. `serve` is a small HTTP protocol of the connector's own under `/c/{connectionId}/…`. */
export type Transport = 'webhook' | 'poll' | 'stream' | 'listen' | 'serve';

/** What happens to a kind of content: kept as it is, turned into another, left out, or refused. */
export type Grade = 'native' | 'converted' | 'dropped' | 'rejected';

export type Content = 'text' | 'html' | 'subject' | 'image' | 'audio' | 'video' | 'file';

export interface Limit {
  readonly what: 'text' | 'attachment' | 'attachments';
  readonly unit: 'characters' | 'bytes' | 'segments' | 'count';
  readonly max: number;
  readonly beyond: 'split' | 'truncate' | 'reject';
}

/** time × message count × what opens it × what remains afterwards. Durations in milliseconds. */
export interface ReplyWindow {
  readonly opensOn: string;
  readonly lasts: number | null;
  readonly messages: number | null;
  readonly afterwards: 'nothing' | 'template' | 'otherWay';
}

/** What the platform allows and promises, as data: the core reads this and knows no platform. */
export interface Policies {
  /** Empty: replies are possible at any time. */
  readonly replyWindows: readonly ReplyWindow[];
  /** Sends per period over the whole connection; null: no bound known. `per` in milliseconds. */
  readonly rate: { readonly messages: number; readonly per: number } | null;
  readonly receipts: readonly ('sent' | 'delivered' | 'read' | 'failed')[];
  /** True only where the platform dedupes on our part key: then an uncertain send may be repeated. */
  readonly idempotentSend: boolean;
  /**
   * True where a customer's address is the whole conversation: the first message from it goes on with
   * what an agent began there. Absent: the platform has threads, and says which one a message is in.
   */
  readonly threadless?: true;
  /** Whether our own messages come back as deliveries. */
  readonly selfEcho: boolean;
  /** How the platform wants its delivery acknowledged; null for transports without one. */
  readonly ack: {
    readonly deadline: number;
    readonly status: number;
    readonly type: string;
    readonly body: string;
  } | null;
  /** How long after the fact the platform may deliver again; milliseconds. */
  readonly redelivery: number;
  /** Which handles a delivery carries, within which scope, and how far each proves the person. */
  readonly identity: readonly {
    readonly kind: HandleKind;
    readonly scope: 'global' | 'provider' | 'connection';
    readonly proof: Proof;
  }[];
}

export type SetupStep =
  | { readonly kind: 'form'; readonly text: Localised; readonly fields: readonly string[] }
  | { readonly kind: 'pasteUrl'; readonly text: Localised; readonly url: 'hook' | 'widget' }
  | { readonly kind: 'scan'; readonly text: Localised }
  | { readonly kind: 'read'; readonly text: Localised };

/**
 * A connector's static half: serialisable, loadable without the vendor's SDK. It draws the admin
 * form, the redaction list, the docs and every rule the core applies.
 */
export interface Definition {
  readonly name: string;
  readonly title: Localised;
  readonly version: string;
  readonly summary: Localised;
  /** Path of the connector's page, relative to the installation. */
  readonly docs: string;
  /** The draft's `channel`. */
  readonly channel: string;
  readonly transports: readonly Transport[];
  readonly settings: z.ZodObject;
  readonly credentials: z.ZodObject;
  readonly setup: readonly SetupStep[];
  readonly capabilities: {
    readonly inbound: Readonly<Record<Content, Grade>>;
    readonly outbound: Readonly<Record<Content, Grade>>;
  };
  readonly limits: readonly Limit[];
  readonly policies: Policies;
  /** Request headers that verify, decode and mapping may see; everything else is not stored. */
  readonly headers: readonly string[];
  /** Files of history whose items `decode` reads as deliveries; absent: drafts only. */
  readonly imports?: readonly 'mbox'[];
  /** Where `decode` runs: `inline` for small bodies, `apart` in a worker thread with a deadline. */
  readonly decoding: 'inline' | 'apart';
}
