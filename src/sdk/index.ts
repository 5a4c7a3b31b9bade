/** The treaty: everything a connector may import from the hub. */
export * from './definition.js';
export * from './fields.js';
export * from './http.js';
export * from './inbound.js';
export * from './json.js';
export * from './text.js';
export * from './tokens.js';
export * from './treaty.js';
export type { Arrival } from '../model/arrival.js';
export type { Draft, DraftInput, DraftKind } from '../model/draft.js';
export type { Identity, Proof } from '../model/identity.js';
export type { Localised } from '../model/localised.js';
export type { Failure, Outcome } from '../model/outcome.js';
export { failed, sent, uncertain } from '../model/outcome.js';
export type { Part, Reply, ReplyAttachment } from '../model/reply.js';
export type { Clock } from '../model/time.js';
export { DAY, HOUR, MINUTE, SECOND } from '../model/time.js';
