/** Bytes as received, immutable: what a webhook, a mailbox, a listener or a door hands to the core. */
export interface Arrival {
  /** Unique within the connection: a hash of the verified content, or the platform's place of it; too long, it is kept by its hash. */
  readonly key: string;
  readonly body: Buffer;
  /** Content type as the platform said it; a hint for reading, never a choice of parser. */
  readonly type: string;
  /** Allow-listed headers, or facts of the transport (folder, envelope sender). Small. */
  readonly notes: Readonly<Record<string, string>>;
  readonly query: string;
  /** Milliseconds UTC; absent: now. Imports and mailboxes know better. */
  readonly receivedAt?: number;
}
