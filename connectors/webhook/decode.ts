import { newRun } from '../../src/sdk/index.js';
import type { Account, Decoded, Envelope } from '../../src/sdk/index.js';
import { readBody } from './body.js';
import { prepare } from './prepared.js';

/** Real batches are far smaller; a longer one keeps its bytes in quarantine. */
const MOST_ITEMS = 1_000;

/** One fact for the whole body, or one for each item of its list. Never throws. */
export function decode(envelope: Envelope, account: Account): Decoded {
  const preparation = prepare(account);
  if (!preparation.ok) {
    return unreadable(`the setting “${preparation.setting}” is wrong: ${preparation.why}`);
  }
  const { settings, items } = preparation.prepared;
  const read = readBody(envelope.body, settings.bodyFormat);
  if (!read.ok) return unreadable(read.why);
  if (typeof read.value !== 'object' || read.value === null) {
    return unreadable('the body is a single value; an object or a list was expected');
  }
  const found = items === null ? read.value : items.read(read.value, newRun(read.value));
  if (found === null) {
    return unreadable('the body holds nothing where `items` says its messages are');
  }
  const facts: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (facts.length > MOST_ITEMS) {
    return unreadable(`the body holds ${facts.length} messages; at most ${MOST_ITEMS} are taken`);
  }
  const remarks = read.replaced ? ['characters that no text can hold were replaced'] : [];
  return { kind: 'raws', raws: facts.map((body) => ({ body })), remarks };
}

function unreadable(why: string): Decoded {
  return { kind: 'unreadable', why };
}
