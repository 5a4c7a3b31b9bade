/**
 * What matching remembers: what each ticket told (`tellings`), and the keys under which other
 * tellings find it (`blocking_keys`). `due` is 1 while a ticket waits to be read and matched again.
 * A key is one row however many tickets hold it: `held` lists the latest, the newest first, as
 * `<ticket.person>`, and `tickets` counts them all. So a look-up costs one row a key, and a flood no
 * more than a rarity. Keys lead with their kind and time, so that those in use stand together on few
 * pages.
 */
export const matching: readonly string[] = [
  `CREATE TABLE tellings (
    ticket_id {int} PRIMARY KEY REFERENCES tickets(id), group_id {int} NOT NULL, facts {text} NOT NULL,
    identities {text} NOT NULL, due {int} NOT NULL DEFAULT 0)`,
  `CREATE INDEX tellings_due ON tellings (ticket_id) WHERE due = 1`,
  `CREATE TABLE blocking_keys (
    group_id {int} NOT NULL, key {text} NOT NULL, tickets {int} NOT NULL, held {text} NOT NULL,
    PRIMARY KEY (group_id, key)) {clustered}`,
];
