/**
 * What agents said of persons whom they want to hear no more, and heard again: each word a row, never
 * changed. `persons.blocked` is derived: the last word on anybody of the tree, on every row of it.
 */
export const blocks: readonly string[] = [
  `CREATE TABLE person_blocks (
    id {id}, person_id {int} NOT NULL REFERENCES persons(id), blocked {int} NOT NULL, reason {text},
    author {text} NOT NULL, at {int} NOT NULL)`,
  `CREATE INDEX person_blocks_person ON person_blocks (person_id)`,
  `ALTER TABLE persons ADD COLUMN blocked {int} NOT NULL DEFAULT 0`,
];
