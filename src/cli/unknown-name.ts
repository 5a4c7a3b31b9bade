import { nearestName } from '../model/nearest.js';

/** One sentence about a name nothing has, with the nearest one that something has. */
export function unknownName(what: string, name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearestName(name, names);
  const hint = near === null ? `there are ${names.join(', ') || 'none'}` : `did you mean ${near}?`;
  return `there is no ${what} ${name.slice(0, 100)}: ${hint}`;
}
