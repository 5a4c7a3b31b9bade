import type { Draft } from '../model/draft.js';
import type { CompiledDraft } from './compile-fields.js';
import type { Selector } from '../model/selector.js';

/** What a mapping reads: one fact of an envelope, and what is known about how it came. JSON values only. */
export interface MappingInput {
  readonly body: unknown;
  /** The envelope's allow-listed notes, lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** ISO 8601 in UTC. */
  readonly receivedAt: string;
}

/** What the hub itself says about every draft of a connection. */
export interface MappingBase {
  readonly connection: string;
  readonly channel: string;
}

/** Which mapping made a draft; kept with it, so that history can be mapped again and compared. */
export interface MappingRef {
  readonly name: string;
  readonly version: number;
  /** First 16 hex digits of the SHA-256 of the file as it was loaded. */
  readonly hash: string;
}

export interface Mapping {
  readonly ref: MappingRef;
  readonly file: string;
  /** Null: a catch-all. */
  readonly accepts: Selector | null;
  /** Null: selectors of `fields` start at the document. */
  readonly root: Selector | null;
  readonly draft: CompiledDraft;
}

/** All mappings of one connector (or of one named variant), in the order they are tried; a catch-all is last. */
export interface MappingSet {
  /** `webhook`, or `webhook/acme` for a variant. */
  readonly name: string;
  readonly mappings: readonly Mapping[];
}

export type Mapped =
  | {
      readonly ok: true;
      /** Valid against `Draft` by construction (tested as a property). */
      readonly draft: Draft;
      readonly mapping: MappingRef;
      /** What was cut, replaced or left out; sentences without content. */
      readonly remarks: readonly string[];
      /** True for an event that only the catch-all takes, where the connection has other mappings. */
      readonly leftOver: boolean;
    }
  | { readonly ok: false; readonly why: string; readonly mapping: MappingRef | null };
