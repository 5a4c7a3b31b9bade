import type { PersonDetails, PersonDuplicate } from '../../src/api/schemas/persons.js';
import type { Ticket } from '../../src/model/ticket.js';

import { draft, openStage, tell, type Page } from './platform.js';
import { until } from '../hub.js';

const { hub, shop, end } = await openStage();
afterAll(end);

const post = (path: string, body?: unknown) => hub.api('POST', path, body);
const get = async (id: number): Promise<PersonDetails> =>
  (await hub.api('GET', `/persons/${id}`)).body;
const duplicates = async (id: number): Promise<readonly PersonDuplicate[]> =>
  ((await hub.api('GET', `/persons/${id}/duplicates`)).body as Page<PersonDuplicate>).items;

/** A ticket of somebody who has proven this. */
const customer = (id: string, ...proofs: readonly (readonly [string, string])[]): Promise<Ticket> =>
  tell(hub, shop, id, {
    sender: {
      handle: `customer-${id}`,
      name: `Customer ${id}`,
      identities: proofs.map(([kind, value]) => ({ kind, value, proof: 'proven' })),
    },
  });

test('two persons are joined by hand and come apart again, each with their own', async () => {
  const [a, b] = [
    await customer('a', ['openid', 'a']),
    await customer('b', ['phone', '13800138000']),
  ];
  const [one, other] = [a.person.id, b.person.id];
  const before = [await get(one), await get(other)];
  const joined = (await post(`/persons/${other}/join`, { into: one })).body as PersonDetails;
  expect(joined).toMatchObject({
    id: one,
    handles: [{ kind: 'openid' }, { kind: 'phone', value: '+8613800138000', shared: false }],
    members: [
      { id: one, why: null },
      { id: other, joinedInto: one, why: { decision: 'same', author: 'first admin' } },
    ],
  });
  expect(joined.tickets).toHaveLength(2);
  const away = await hub.api('GET', `/persons/${other}`);
  expect([away.status, away.headers.get('location')]).toEqual([307, `/api/v1/persons/${one}`]);

  await post(`/tickets/${b.number}/merge`, { into: a.number });
  const apart = await post(`/persons/${other}/unjoin`);
  expect(apart.body).toMatchObject({
    person: { id: other },
    rest: { id: one },
    tickets: [a.number],
  });
  expect((await hub.api('GET', `/tickets/${a.number}`)).body).toMatchObject({
    warnings: [{ kind: 'severalPersons' }],
  });
  await post(`/tickets/${b.number}/unmerge`);
  const handlesOf = (persons: readonly PersonDetails[]) =>
    persons.map(({ handles, members, tickets }) => [handles, members, tickets.length]);
  expect(handlesOf([await get(one), await get(other)])).toEqual(handlesOf(before));
  expect((await post(`/persons/${other}/unjoin`)).status).toBe(409);
  expect(
    (await duplicates(one)).map(({ decision, undoneAt }) => [decision, undoneAt !== null]),
  ).toEqual([
    ['different', false],
    ['same', true],
  ]);
});

test('conflicting proofs are a question, which an agent answers knowing that', async () => {
  const phone = ['phone', '13900139000'] as const;
  const c = await customer('c', ['customerId', 'c'], phone);
  const d = await customer('d', ['customerId', 'd'], phone);
  const [one, other] = [c.person.id, d.person.id];
  expect(await duplicates(one)).toMatchObject([
    {
      person: other,
      decision: 'possible',
      author: 'hubbub',
      joined: false,
      evidence: [{ kind: 'sameHandle' }, { kind: 'conflict' }],
    },
  ]);
  expect((await get(one)).handles).toContainEqual(
    expect.objectContaining({ kind: 'phone', shared: true }),
  );
  const path = `/persons/${one}/duplicates/${other}`;
  expect((await post(path, { decision: 'same' })).status).toBe(409);
  expect((await post(path, { decision: 'same', anyway: true })).body).toMatchObject({ id: one });
  expect((await post(path, { decision: 'different' })).status).toBe(409);
  await post(`/persons/${other}/unjoin`);
  expect((await post(path, { decision: 'different' })).status).toBe(200);
});

test('nobody is joined with somebody who is not there', async () => {
  const e = await customer('e', ['openid', 'e']);
  expect((await post(`/persons/${e.person.id}/join`, { into: 999_999 })).status).toBe(404);
  expect((await hub.api('GET', '/persons/999999/duplicates')).status).toBe(404);
});

test('who blocked a person, why, and who heard them again stands on the person and their tickets', async () => {
  const f = await customer('f', ['openid', 'f']);
  const path = `/persons/${f.person.id}`;
  const blocked = (await post(`${path}/block`, { reason: 'threatens the agents' })).body;
  expect(blocked).toMatchObject({
    blocked: true,
    blocks: [
      { blocked: true, person: f.person.id, reason: 'threatens the agents', author: 'first admin' },
    ],
    tickets: [{ number: f.number, person: { blocked: true } }],
  });
  await hub.api('POST', '/messages', {
    ...draft(shop, 'f2', { conversation: 'thread-f', text: 'I know where you live' }),
    sender: { handle: 'customer-f', identities: [{ kind: 'openid', value: 'f', proof: 'proven' }] },
  });
  const shown = await until('the ticket among the spam', async () => {
    const { items } = (await hub.api('GET', '/tickets?spam=true')).body as Page<Ticket>;
    return items[0];
  });
  expect(shown).toMatchObject({ subject: 'Matter f2', person: { id: f.person.id, blocked: true } });
  const listed = (await hub.api('GET', '/tickets?q=where+you+live')).body as Page<Ticket>;
  expect(listed.items).toEqual([]);
  expect((await post(`${path}/unblock`)).body).toMatchObject({
    blocked: false,
    blocks: [{ blocked: false, reason: null }, { blocked: true }],
  });
});

test('a block takes a reason of some words or none, and a person who is there', async () => {
  const g = await customer('g', ['openid', 'g']);
  const path = `/persons/${g.person.id}/block`;
  expect((await post(path, { reason: ' ' })).status).toBe(400);
  expect((await post(path, { until: 'tomorrow' })).status).toBe(400);
  expect((await post(path)).body).toMatchObject({ blocks: [{ reason: null }] });
  expect((await post('/persons/999999/block')).status).toBe(404);
  expect((await post('/persons/999999/unblock')).status).toBe(404);
});
