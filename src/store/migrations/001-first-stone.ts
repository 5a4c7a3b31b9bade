/**
 * The first schema. Raw is bytes, times are integer milliseconds UTC, texts compare by code point,
 * booleans are 0 and 1, documents are JSON in text. Tokens are filled in for the database at hand:
 * `{id}` the primary key, `{bytes}`, `{int}` 64 bits, `{text}`.
 */
export const firstStone: readonly string[] = [
  `CREATE TABLE facts (name {text} PRIMARY KEY, value {text} NOT NULL)`,
  `CREATE TABLE groups (id {id}, name {text} NOT NULL UNIQUE)`,

  `CREATE TABLE connections (
    id {text} PRIMARY KEY, connector {text} NOT NULL, name {text} NOT NULL,
    group_id {int} NOT NULL REFERENCES groups(id),
    settings {text} NOT NULL, credentials {text} NOT NULL,
    status {text} NOT NULL, status_reason {text},
    version {int} NOT NULL, created_at {int} NOT NULL, removed_at {int})`,
  `CREATE TABLE cursors (
    connection_id {text} NOT NULL REFERENCES connections(id), name {text} NOT NULL, value {text} NOT NULL,
    PRIMARY KEY (connection_id, name))`,
  `CREATE TABLE mac_keys (id {text} PRIMARY KEY, wrapped {text} NOT NULL, created_at {int} NOT NULL)`,

  `CREATE TABLE envelopes (
    id {id}, connection_id {text} NOT NULL, key {text} NOT NULL, received_at {int} NOT NULL,
    type {text} NOT NULL, notes {text} NOT NULL, query {text} NOT NULL,
    body {bytes}, blob {text}, size {int} NOT NULL, state {int} NOT NULL, attempts {int} NOT NULL DEFAULT 0,
    due_at {int} NOT NULL DEFAULT 0, lease_until {int} NOT NULL DEFAULT 0, reason {text}, remarks {text},
    UNIQUE (connection_id, key))`,
  `CREATE INDEX envelopes_due ON envelopes (id) WHERE state = 0`,
  `CREATE INDEX envelopes_quarantine ON envelopes (id) WHERE state = 2`,

  `CREATE TABLE drafts (
    id {id}, envelope_id {int}, connection_id {text} NOT NULL, draft_id {text} NOT NULL, kind {text} NOT NULL,
    about {text}, state {int} NOT NULL, body {text} NOT NULL, mapping {text}, attempts {int} NOT NULL DEFAULT 0,
    due_at {int} NOT NULL DEFAULT 0, reason {text},
    UNIQUE (connection_id, draft_id))`,
  `CREATE INDEX drafts_due ON drafts (id) WHERE state = 0`,
  `CREATE INDEX drafts_parked ON drafts (connection_id, about) WHERE state = 2`,
  `CREATE INDEX drafts_parked_due ON drafts (due_at) WHERE state = 2`,
  `CREATE INDEX drafts_dead ON drafts (id) WHERE state = 3`,

  `CREATE TABLE persons (
    id {id}, group_id {int} NOT NULL, name {text}, joined_into {int} REFERENCES persons(id), root_id {int},
    created_at {int} NOT NULL, CHECK (joined_into < id))`,
  `CREATE INDEX persons_root ON persons (root_id) WHERE root_id IS NOT NULL`,
  `CREATE TABLE handles (
    id {id}, group_id {int} NOT NULL, kind {text} NOT NULL, scope {text} NOT NULL, value {text} NOT NULL,
    proof {text} NOT NULL, person_id {int} NOT NULL REFERENCES persons(id), created_at {int} NOT NULL)`,
  `CREATE UNIQUE INDEX handles_firm ON handles (group_id, kind, scope, value, proof) WHERE proof <> 'weak'`,
  `CREATE UNIQUE INDEX handles_person ON handles (person_id, kind, scope, value, proof)`,
  `CREATE TABLE refusals (
    id {id}, group_id {int} NOT NULL, scope {text} NOT NULL, value {text} NOT NULL, refusal {text} NOT NULL, at {int} NOT NULL,
    UNIQUE (group_id, value, scope))`,

  `CREATE TABLE conversations (
    id {id}, connection_id {text} NOT NULL, key {text} NOT NULL, group_id {int} NOT NULL, channel {text} NOT NULL,
    handle {text} NOT NULL, name {text}, subject {text}, context {text} NOT NULL,
    person_id {int} NOT NULL REFERENCES persons(id), ticket_id {int}, last_in_at {int},
    UNIQUE (connection_id, key))`,
  `CREATE INDEX conversations_person ON conversations (person_id)`,
  `CREATE INDEX conversations_handle ON conversations (connection_id, handle)`,

  `CREATE TABLE tickets (
    id {id}, group_id {int} NOT NULL, conversation_id {int} NOT NULL REFERENCES conversations(id),
    merged_into {int} REFERENCES tickets(id), root_id {int},
    state {text} NOT NULL, status {text} NOT NULL, assignee {text}, priority {text} NOT NULL,
    spam {int} NOT NULL DEFAULT 0, opened_at {int} NOT NULL, updated_at {int} NOT NULL, last_message_at {int} NOT NULL,
    CHECK (merged_into < id))`,
  `CREATE INDEX tickets_conversation ON tickets (conversation_id)`,
  `CREATE INDEX tickets_root ON tickets (root_id) WHERE root_id IS NOT NULL`,
  `CREATE INDEX tickets_list ON tickets (last_message_at, id) WHERE merged_into IS NULL`,
  `CREATE TABLE links (
    id {id}, older {int} NOT NULL REFERENCES tickets(id), younger {int} NOT NULL REFERENCES tickets(id),
    decision {text} NOT NULL, score {text}, evidence {text} NOT NULL, author {text} NOT NULL, at {int} NOT NULL,
    undone_at {int}, CHECK (older < younger))`,
  `CREATE INDEX links_younger ON links (younger)`,
  `CREATE INDEX links_older ON links (older)`,

  `CREATE TABLE events (
    id {id}, number {int} UNIQUE, ticket_id {int} NOT NULL, conversation_id {int}, type {text} NOT NULL, at {int} NOT NULL,
    author {text} NOT NULL, data {text} NOT NULL)`,
  `CREATE INDEX events_ticket ON events (ticket_id, id)`,
  `CREATE INDEX events_unnumbered ON events (id) WHERE number IS NULL`,

  `CREATE TABLE messages (
    id {id}, ticket_id {int} NOT NULL REFERENCES tickets(id), conversation_id {int} NOT NULL REFERENCES conversations(id),
    draft_id {int}, direction {text} NOT NULL, kind {text} NOT NULL, at {int} NOT NULL, corrected {int} NOT NULL DEFAULT 0,
    received_at {int} NOT NULL, author {text} NOT NULL, author_name {text}, subject {text}, text {text} NOT NULL, html {text},
    visibility {text} NOT NULL, state {text})`,
  `CREATE INDEX messages_ticket ON messages (ticket_id, id)`,
  `CREATE INDEX messages_conversation ON messages (conversation_id, id)`,

  `CREATE TABLE attachments (
    id {id}, message_id {int} REFERENCES messages(id), envelope_id {int}, connection_id {text}, ref {text}, name {text}, type {text},
    size {int}, sha256 {text}, state {text} NOT NULL, reason {text}, attempts {int} NOT NULL DEFAULT 0,
    due_at {int} NOT NULL DEFAULT 0)`,
  `CREATE INDEX attachments_message ON attachments (message_id)`,
  `CREATE INDEX attachments_due ON attachments (due_at) WHERE state = 'pending'`,

  `CREATE TABLE deliveries (
    id {id}, message_id {int} NOT NULL REFERENCES messages(id), conversation_id {int} NOT NULL,
    connection_id {text} NOT NULL, recipient {text} NOT NULL, state {text} NOT NULL, work {int} NOT NULL, attempts {int} NOT NULL DEFAULT 0,
    due_at {int} NOT NULL, lease_until {int} NOT NULL DEFAULT 0, failure {text}, created_at {int} NOT NULL,
    out_of_order {int} NOT NULL DEFAULT 0)`,
  `CREATE INDEX deliveries_message ON deliveries (message_id)`,
  `CREATE INDEX deliveries_conversation ON deliveries (conversation_id, id)`,
  `CREATE INDEX deliveries_lane ON deliveries (conversation_id, id) WHERE work = 0`,
  `CREATE INDEX deliveries_due ON deliveries (due_at) WHERE work = 0`,
  `CREATE INDEX deliveries_uncertain ON deliveries (conversation_id, id) WHERE work = 2`,
  `CREATE TABLE delivery_parts (
    id {id}, delivery_id {int} NOT NULL REFERENCES deliveries(id), connection_id {text} NOT NULL, position {int} NOT NULL,
    key {text} NOT NULL UNIQUE, payload {text} NOT NULL, hash {text} NOT NULL, preview {text} NOT NULL, attachments {text} NOT NULL,
    state {text} NOT NULL, external_id {text}, attempts {int} NOT NULL DEFAULT 0, sent_at {int}, reason {text})`,
  `CREATE INDEX delivery_parts_delivery ON delivery_parts (delivery_id, position)`,
  `CREATE INDEX delivery_parts_external ON delivery_parts (connection_id, external_id) WHERE external_id IS NOT NULL`,
  `CREATE TABLE attempts (
    id {id}, part_id {int} NOT NULL REFERENCES delivery_parts(id), at {int} NOT NULL, outcome {text} NOT NULL)`,
  `CREATE INDEX attempts_part ON attempts (part_id)`,

  `CREATE TABLE idempotency (
    id {id}, scope {text} NOT NULL, key {text} NOT NULL, request {text} NOT NULL, response {text} NOT NULL, at {int} NOT NULL,
    UNIQUE (scope, key))`,
  `CREATE TABLE api_tokens (
    id {id}, name {text} NOT NULL, hash {text} NOT NULL UNIQUE, scopes {text} NOT NULL, created_at {int} NOT NULL, revoked_at {int})`,
  `CREATE TABLE leases (name {text} PRIMARY KEY, holder {text} NOT NULL, fence {int} NOT NULL, until {int} NOT NULL)`,
];
