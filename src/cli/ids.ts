import { usage } from './shell.js';

/** Numbers a person typed. */
export function readIds(words: readonly string[]): readonly number[] {
  return words.map((word) => {
    const id = Number(word);
    if (Number.isSafeInteger(id) && id > 0) return id;
    throw usage(`${word} is not an id: a number was expected`);
  });
}
