/**
 * Persons come together and apart again as tickets do: each decision about two of them is a link with
 * its evidence. A handle that several people were seen with is marked, and proves nothing any more.
 */
export const persons: readonly string[] = [
  // What a merge was decided about, where it hung other tickets than those.
  `ALTER TABLE links ADD COLUMN because {text}`,

  `CREATE TABLE person_links (
    id {id}, older {int} NOT NULL REFERENCES persons(id), younger {int} NOT NULL REFERENCES persons(id),
    decision {text} NOT NULL, evidence {text} NOT NULL, author {text} NOT NULL, at {int} NOT NULL,
    undone_at {int}, because {text}, CHECK (older < younger))`,
  `CREATE INDEX person_links_older ON person_links (older)`,
  `CREATE INDEX person_links_younger ON person_links (younger)`,

  // One row for everybody who was seen with an address: only so does it show that several share it.
  `ALTER TABLE handles ADD COLUMN shared_at {int}`,
  `DROP INDEX handles_firm`,
  `CREATE INDEX handles_address ON handles (group_id, kind, scope, value, proof, id) WHERE proof <> 'weak'`,
];
