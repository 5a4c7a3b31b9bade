import { openWorkshop, type Workshop } from '../../test/workshop.js';
import type { DraftInput } from '../model/draft.js';
import type { Identity } from '../model/identity.js';
import { DAY, HOUR } from '../model/time.js';
import { rootPerson } from '../store/persons.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  await shop.connect('b');
});
afterEach(() => shop.end());

const id = (
  kind: Identity['kind'],
  value: string,
  proof: Identity['proof'],
  scope = '',
): Identity => ({ kind, value, proof, scope });
const openid = (value: string): Identity => id('openid', value, 'proven', 'provider');
const unionid = (value: string): Identity => id('unionid', value, 'proven', 'provider');
const mailbox = (value: string, proof: Identity['proof']): Identity => id('email', value, proof);

/** Somebody speaks on a conversation. */
const says = (
  conversation: string,
  identities: readonly Identity[],
  more: Partial<DraftInput> & { handle?: string } = {},
): Partial<DraftInput> => {
  const { handle = `on ${conversation}`, ...parts } = more;
  return { conversation, sender: { handle, name: null, identities: [...identities] }, ...parts };
};

async function personOf(conversation: string): Promise<number> {
  const [row] = await shop.rows<{ person_id: number }>(
    'SELECT person_id FROM conversations WHERE key = ?',
    conversation,
  );
  return shop.store.read(() => rootPerson(row?.person_id ?? 0));
}
const persons = async (...conversations: string[]): Promise<readonly number[]> => {
  const all = await Promise.all(conversations.map(personOf));
  return all.map((person) => all.indexOf(person));
};
const merged = async (ticket: number): Promise<number | null> =>
  (
    await shop.rows<{ merged_into: number | null }>(
      'SELECT merged_into FROM tickets WHERE id = ?',
      ticket,
    )
  )[0]?.merged_into ?? null;

describe('what is proven', () => {
  test('names the same person on every conversation and connection, and their complaints are one', async () => {
    await shop.file(says('c1', [unionid('u1')]));
    await shop.file(says('c2', [unionid('u1')], { connection: 'b' }));
    expect(await persons('c1', 'c2')).toEqual([0, 0]);
    expect(await merged(2)).toBe(1);
  });

  test('two spellings of one address in one message are one address', async () => {
    await shop.file(
      says('c1', [mailbox('Li@Example.com', 'strong'), mailbox(' li@example.com', 'strong')]),
    );
    expect(await shop.rows('SELECT value FROM handles')).toEqual([{ value: 'li@example.com' }]);
  });

  test('joins two persons that were known apart, and finds what both of them have open', async () => {
    await shop.file(says('c1', [openid('o1')]), says('c2', [id('phone', '+15550001', 'proven')]));
    expect(await persons('c1', 'c2')).toEqual([0, 1]);
    await shop.file(says('c3', [id('phone', '+15550001', 'proven'), openid('o1')]));
    expect(await persons('c1', 'c2', 'c3')).toEqual([0, 0, 0]);
    expect([await merged(2), await merged(3)]).toEqual([null, 1]);
  });

  test('joins whole families, in whatever order they are met', async () => {
    await shop.file(
      says('c1', [id('phone', '+15550001', 'proven')]),
      says('c2', [id('phone', '+15550002', 'proven')]),
      says('c3', [id('phone', '+15550003', 'proven')]),
    );
    await shop.file(
      says(
        'c4',
        ['+15550003', '+15550002'].map((phone) => id('phone', phone, 'proven')),
      ),
    );
    await shop.file(
      says(
        'c5',
        ['+15550003', '+15550001'].map((phone) => id('phone', phone, 'proven')),
      ),
    );
    expect(await persons('c1', 'c2', 'c3', 'c4', 'c5')).toEqual([0, 0, 0, 0, 0]);
  });

  test('joins nobody whose other proofs conflict', async () => {
    const phone = id('phone', '+15550001', 'proven');
    await shop.file(says('c1', [openid('o1')]), says('c2', [openid('o2'), phone]));
    await shop.file(says('c3', [openid('o1'), phone]));
    expect(await persons('c1', 'c2', 'c3')).toEqual([0, 1, 0]);
  });

  describe('of a phone that a family shares', () => {
    const phone = id('phone', '+15550001', 'proven');
    const customer = (value: string): Identity => id('customerId', value, 'proven', 'shop');

    test.each([
      ['first', (one: Identity) => [one, phone]],
      ['last', (one: Identity) => [phone, one]],
    ])('leaves mother and son two persons, their own id named %s', async (_, with_) => {
      await shop.file(says('c1', with_(customer('mother'))));
      await shop.file(says('c2', with_(customer('son'))));
      await shop.file(says('c3', with_(customer('mother'))), says('c4', with_(customer('son'))));
      expect(await persons('c1', 'c2', 'c3', 'c4')).toEqual([0, 1, 0, 1]);
      expect([await merged(2), await merged(3), await merged(4)]).toEqual([null, 1, 2]);
    });

    test('does not take the conversation of the other one along', async () => {
      await shop.file(says('c1', [customer('mother'), phone]), says('c2', [customer('son')]));
      await shop.file(says('c2', [phone]), says('c3', [customer('son')]));
      expect(await persons('c1', 'c2', 'c3')).toEqual([0, 1, 1]);
    });

    test('joins one who holds ids in different scopes', async () => {
      await shop.file(says('c1', [customer('mother'), phone]));
      await shop.file(says('c2', [id('customerId', '7', 'proven', 'another shop'), phone]));
      expect(await persons('c1', 'c2')).toEqual([0, 0]);
    });
  });

  test('means nothing outside its group: two brands never share a person', async () => {
    await shop.connect('other', undefined, 'another brand');
    await shop.file(says('c1', [mailbox('zhang@example.com', 'proven')]));
    await shop.file(says('c2', [mailbox('zhang@example.com', 'proven')], { connection: 'other' }));
    expect(await persons('c1', 'c2')).toEqual([0, 1]);
    expect(await merged(2)).toBeNull();
  });

  test('of an id without a scope holds on its connection only', async () => {
    await shop.file(says('c1', [id('uid', '42', 'proven')]));
    await shop.file(says('c2', [id('uid', '42', 'proven')], { connection: 'b' }));
    expect(await persons('c1', 'c2')).toEqual([0, 1]);
  });
});

describe('what is strong or weak', () => {
  test('strong: the same address is the same claimed person, and no complaint is merged by it', async () => {
    await shop.file(says('c1', [mailbox('Zhang@Example.com', 'strong')]));
    await shop.file(says('c2', [mailbox('zhang@example.com', 'strong')]));
    expect(await persons('c1', 'c2')).toEqual([0, 0]);
    expect(await merged(2)).toBeNull();
  });

  test('strong never joins two persons', async () => {
    await shop.file(says('c1', [mailbox('a@example.com', 'strong')]));
    await shop.file(says('c2', [mailbox('b@example.com', 'strong')]));
    await shop.file(
      says(
        'c3',
        ['a@example.com', 'b@example.com'].map((one) => mailbox(one, 'strong')),
      ),
    );
    expect((await persons('c1', 'c2')).slice(0, 2)).toEqual([0, 1]);
    expect(await shop.rows('SELECT id FROM persons WHERE joined_into IS NOT NULL')).toEqual([]);
  });

  test('weak: everybody who types an address is somebody else', async () => {
    await shop.file(says('c1', [mailbox('zhang@example.com', 'weak')]));
    await shop.file(says('c2', [mailbox('zhang@example.com', 'weak')]));
    await shop.file(says('c3', [mailbox('zhang@example.com', 'proven')]));
    expect(await persons('c1', 'c2', 'c3')).toEqual([0, 1, 2]);
  });

  test('a name joins nobody', async () => {
    const named = { name: '张伟', identities: [] };
    await shop.file(
      { conversation: 'c1', sender: { handle: 'x', ...named } },
      { conversation: 'c2', sender: { handle: 'y', ...named } },
    );
    expect(await persons('c1', 'c2')).toEqual([0, 1]);
  });
});

describe('a conversation', () => {
  test('whose person was only claimed becomes who they prove to be', async () => {
    await shop.file(says('known', [openid('o1')]));
    await shop.file(says('c1', [mailbox('zhang@example.com', 'weak')]));
    await shop.file(says('c1', [openid('o1')]));
    expect(await persons('known', 'c1')).toEqual([0, 0]);
  });

  test('whose claim others share moves alone when it is proven', async () => {
    const claim = mailbox('company@example.com', 'strong');
    await shop.file(says('c1', [claim]), says('c2', [claim]));
    expect(await persons('c1', 'c2')).toEqual([0, 0]);
    await shop.file(says('c1', [claim, openid('o1')]));
    expect(await persons('c1', 'c2')).toEqual([0, 1]);
    await shop.file(says('c3', [openid('o1')]));
    expect(await persons('c1', 'c2', 'c3')).toEqual([0, 1, 0]);
  });

  test('belongs to who opened it: somebody else on it is a participant, never the customer', async () => {
    await shop.file(says('c1', [openid('o1')], { handle: 'zhang' }));
    await shop.file(says('c9', [openid('o2')], { handle: 'boss' }));
    await shop.file(says('c1', [openid('o2')], { handle: 'boss', text: 'I am in copy' }));
    expect(await persons('c1', 'c9')).toEqual([0, 1]);
    const [row] = await shop.rows("SELECT handle, ticket_id FROM conversations WHERE key = 'c1'");
    expect(row).toEqual({ handle: 'zhang', ticket_id: 1 });
    expect((await shop.state(1)).counts.in).toBe(2);
  });

  test('is of the same customer when only the spelling of their address differs', async () => {
    await shop.file(says('c1', [], { handle: 'Zhang@Example.com' }));
    await shop.file(says('c1', [openid('o1')], { handle: 'zhang@example.com' }));
    await shop.file(says('c2', [openid('o1')]));
    expect(await persons('c1', 'c2')).toEqual([0, 0]);
  });
});

describe('an open complaint of the same proven person', () => {
  const zhang = (conversation: string, more: Partial<DraftInput> = {}): Partial<DraftInput> =>
    says(conversation, [unionid('u1')], more);

  test('takes the new one in, with its evidence as a link', async () => {
    await shop.file(zhang('c1'), zhang('c2'));
    const [link] = await shop.rows<{ decision: string; evidence: string; author: string }>(
      'SELECT decision, evidence, author FROM links',
    );
    expect(link).toMatchObject({ decision: 'same', author: 'hubbub' });
    expect(link?.evidence).toContain('samePerson');
  });

  test('does so for fourteen days after its last word and no longer', async () => {
    await shop.file(zhang('c1'));
    shop.clock.pass(14 * DAY);
    await shop.file(zhang('c2'));
    expect(await merged(2)).toBe(1);
    shop.clock.pass(14 * DAY + 1);
    await shop.file(zhang('c3'));
    expect(await merged(3)).toBeNull();
  });

  test('does not when this telling proves nothing', async () => {
    await shop.file(zhang('c1'));
    await shop.file(says('c2', [mailbox('zhang@example.com', 'strong')]));
    expect(await merged(2)).toBeNull();
  });

  test('takes a historic one in by the times of then, not of now', async () => {
    const then = (offset: number): Partial<DraftInput> => ({
      historic: true,
      sentAt: new Date(shop.clock.now() - 400 * DAY + offset).toISOString(),
    });
    await shop.file(zhang('c1', then(0)), zhang('c2', then(HOUR)), zhang('now'));
    expect([await merged(2), await merged(3)]).toEqual([1, null]);
    await shop.file(zhang('c4', then(2 * HOUR)));
    expect(await merged(4)).toBe(1);
  });
});
