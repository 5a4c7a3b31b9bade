/**
 * A person's addresses are read together, never one of them by this index: the person is enough of it.
 * That none of them stands twice is seen to by the one ordered writer.
 */
export const leanHandles: readonly string[] = [
  `DROP INDEX handles_person`,
  `CREATE INDEX handles_person ON handles (person_id)`,
];
