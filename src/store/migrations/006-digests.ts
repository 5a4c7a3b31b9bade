/**
 * `digest` says whether facts read before are those of now; 0 until the ticket tells more. The table is
 * written anew, since for a while the one before made it with the column.
 */
export const digests: readonly string[] = [
  `CREATE TABLE digested (
    ticket_id {int} PRIMARY KEY REFERENCES tickets(id), group_id {int} NOT NULL, facts {text} NOT NULL,
    identities {text} NOT NULL, digest {int} NOT NULL DEFAULT 0, due {int} NOT NULL DEFAULT 0)`,
  `INSERT INTO digested (ticket_id, group_id, facts, identities, due)
    SELECT ticket_id, group_id, facts, identities, due FROM tellings`,
  `DROP TABLE tellings`,
  `ALTER TABLE digested RENAME TO tellings`,
  `CREATE INDEX tellings_due ON tellings (ticket_id) WHERE due = 1`,
];
