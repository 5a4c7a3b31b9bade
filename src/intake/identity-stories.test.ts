import { ACCOUNTS } from '../../test/stories/accounts.js';
import { PHONES_AND_MAILBOXES } from '../../test/stories/phones-and-mailboxes.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import type { DraftInput } from '../model/draft.js';
import type { Identity } from '../model/identity.js';
import { run } from '../store/work.js';
import { unjoinPerson } from '../desk/persons.js';

const STORIES = [...ACCOUNTS, ...PHONES_AND_MAILBOXES];

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  await shop.connect('b');
  await shop.connect('other', undefined, 'another brand');
});
afterAll(() => shop.end());

const TOLD = ['messages', 'events', 'links', 'tickets', 'conversations', 'handles'];
/** Each story begins with nobody known. */
beforeEach(() =>
  shop.write(function* () {
    for (const table of [...TOLD, 'person_links', 'persons']) yield* run(`DELETE FROM ${table}`);
  }),
);

const PROOFS = { '!': 'proven', '~': 'strong', '?': 'weak' } as const;

function identityOf(word: string): Identity {
  const [, kind = '', mark = '?', value = '', scope = ''] =
    /^([a-zA-Z]+)([!~?])(.+?)(?:\/(\w+))?$/.exec(word) ?? [];
  const proof = PROOFS[mark as keyof typeof PROOFS];
  return { kind: kind as Identity['kind'], value, proof, scope };
}

interface Line {
  readonly speaker: string;
  readonly place: string;
  readonly draft: Partial<DraftInput>;
}

function lineOf(text: string): Line {
  const [speaker = '', where = '', came = ''] = text.split('|').map((part) => part.trim());
  const [place = '', as] = where.split(' as ');
  const [first = '', second] = place.split(':');
  const connection = second === undefined ? 'a' : first;
  const identities = came.split(/ (?=[a-zA-Z]+[!~?])/).map(identityOf);
  const handle = as ?? place;
  const sender = { handle, name: '张伟', identities };
  return {
    speaker,
    place,
    draft: { connection, conversation: place, sender, text: `I am ${handle}` },
  };
}

const tell = async (lines: readonly Line[]): Promise<void> => {
  for (const { draft } of lines) await shop.file(draft);
};

/** Which conversations are one person's, each group in the order they were opened. */
async function groups(): Promise<readonly string[]> {
  const rows = await shop.rows<{ key: string; root: number }>(
    `SELECT c.key, COALESCE(p.root_id, p.id) AS root FROM conversations c
     JOIN persons p ON p.id = c.person_id ORDER BY c.id`,
  );
  const roots = [...new Set(rows.map(({ root }) => root))];
  return roots.map((one) =>
    rows
      .filter(({ root }) => root === one)
      .map(({ key }) => key)
      .join(' '),
  );
}

/** Who is joined into others, the latest first. */
const joined = (): Promise<readonly { id: number }[]> =>
  shop.rows<{ id: number }>(
    `SELECT p.id FROM persons p JOIN person_links l ON l.older = p.joined_into AND l.younger = p.id
     WHERE l.decision = 'same' AND l.undone_at IS NULL ORDER BY l.id DESC`,
  );
const owned = () => shop.rows('SELECT key, person_id FROM conversations ORDER BY id');
const learned = () =>
  shop.rows('SELECT kind, scope, value, proof, person_id FROM handles ORDER BY id');

test('there are at least thirty', () => {
  expect(STORIES.length).toBeGreaterThanOrEqual(30);
});

describe.each(STORIES)('$tells', ({ lines: texts, one, asks = 0 }) => {
  const lines = texts.map(lineOf);

  test('is told right, and joins no two people', async () => {
    await tell(lines);
    const known = await groups();
    expect(known.filter((group) => group.includes(' '))).toEqual(one);
    // Whoever speaks on the conversations of one person is one in truth.
    const speakers = new Map(lines.map(({ place, speaker }) => [place, speaker]));
    for (const group of known) {
      expect(new Set(group.split(' ').map((place) => speakers.get(place))).size).toBe(1);
    }
    const questions = await shop.rows("SELECT id FROM person_links WHERE decision = 'possible'");
    expect(questions).toHaveLength(asks);
  });

  test('is taken back by un-joining, and stays taken back', async () => {
    await tell(lines);
    const [before, handles] = [await owned(), await learned()];
    const act = { who: 'anna', at: shop.clock.now() };
    for (const { id } of await joined()) await shop.write(() => unjoinPerson(id, act));
    expect(await joined()).toEqual([]);
    expect([await owned(), await learned()]).toEqual([before, handles]);
    await tell(lines);
    expect(await joined()).toEqual([]);
    expect(await owned()).toEqual(before);
  });
});
