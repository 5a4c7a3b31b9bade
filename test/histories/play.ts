import { joinPersons, unjoinPerson } from '../../src/desk/persons.js';
import { mergeTickets, unmergeTicket } from '../../src/desk/graph.js';
import { splitTicket } from '../../src/desk/split.js';
import { changeTicket, noteTicket } from '../../src/desk/tickets.js';
import type { DraftInput } from '../../src/model/draft.js';
import type { TicketChange } from '../../src/model/ticket-state.js';
import type { Work } from '../../src/store/work.js';
import type { Workshop } from '../workshop.js';
import type { Act } from './history.js';

/** Rows of one history, oldest first; its conversations are `name/0` to `name/3`. */
export interface Seen {
  readonly tickets: readonly {
    readonly id: number;
    readonly root_id: number | null;
    readonly merged_into: number | null;
  }[];
  readonly messages: readonly { readonly id: number; readonly ticket_id: number }[];
  readonly persons: readonly { readonly id: number; readonly joined_into: number | null }[];
  readonly conversations: ReadonlyMap<number, { readonly id: number; readonly ticket: number }>;
}

interface Keyed {
  readonly key: string;
}
/** Everything that is there, by history. */
export async function look(shop: Workshop): Promise<(name: string) => Seen> {
  const tickets = await shop.rows<Seen['tickets'][number] & Keyed>(
    `SELECT t.id, t.root_id, t.merged_into, c.key FROM tickets t
     JOIN conversations c ON c.id = t.conversation_id ORDER BY t.id`,
  );
  const messages = await shop.rows<Seen['messages'][number] & Keyed>(
    `SELECT m.id, m.ticket_id, c.key FROM messages m JOIN conversations c ON c.id = m.conversation_id ORDER BY m.id`,
  );
  const persons = await shop.rows<Seen['persons'][number] & Keyed>(
    `SELECT p.id, p.joined_into, MIN(c.key) AS key FROM persons p
     JOIN conversations c ON c.person_id = p.id GROUP BY p.id, p.joined_into ORDER BY p.id`,
  );
  const conversations = await shop.rows<{ id: number; ticket: number } & Keyed>(
    'SELECT id, key, ticket_id AS ticket FROM conversations ORDER BY id',
  );
  const ticketsOf = grouped(tickets);
  const messagesOf = grouped(messages);
  const personsOf = grouped(persons);
  const conversationsOf = grouped(conversations);
  return (name) => ({
    tickets: ticketsOf(name),
    messages: messagesOf(name),
    persons: personsOf(name),
    conversations: new Map(
      conversationsOf(name).map(({ key, ...row }) => [Number(key.slice(name.length + 1)), row]),
    ),
  });
}

function grouped<T extends Keyed>(rows: readonly T[]): (name: string) => readonly T[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = row.key.slice(0, row.key.indexOf('/'));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return (name) => groups.get(name) ?? [];
}

/** An act as it would be done if nothing were merged or joined: on the very ticket that it told on. */
export type Plain =
  | Extract<Act, { do: 'says' | 'reply' }>
  | { readonly do: 'note'; readonly ticket: number }
  | { readonly do: 'change'; readonly ticket: number; readonly change: TicketChange }
  | { readonly do: 'cut'; readonly cuts: readonly Cut[] };

interface Cut {
  readonly ticket: number;
  readonly messages: readonly number[];
}

/** How long a step takes; milliseconds. */
const STEP = 1_800_000;

export interface Playing<T> {
  readonly name: string;
  /** Null: in this step nothing is done. */
  readonly acts: readonly (T | null)[];
}

/**
 * Plays histories side by side, a step of each at a time, through the functions that the hub runs.
 * Returns each as it would have been told without merging.
 */
export function play(
  shop: Workshop,
  played: readonly Playing<Act>[],
  step = STEP,
): Promise<readonly Playing<Plain>[]> {
  return playSteps(shop, played, step, (act, seen) => resolve(act, seen, shop.clock.now()));
}

/** Plays what {@link play} returned. */
export async function playPlain(shop: Workshop, played: readonly Playing<Plain>[]): Promise<void> {
  await playSteps(shop, played, STEP, (plain) => ({
    plain,
    work: plainWork(plain, shop.clock.now()),
  }));
}

interface Resolved {
  readonly plain: Plain | null;
  readonly work: (() => Work<unknown>) | null;
}

async function playSteps<T extends { readonly do: string }>(
  shop: Workshop,
  played: readonly Playing<T>[],
  step: number,
  resolved: (act: T, seen: Seen) => Resolved,
): Promise<readonly Playing<Plain>[]> {
  const plain = played.map((): (Plain | null)[] => []);
  const length = Math.max(...played.map(({ acts }) => acts.length));
  for (let i = 0; i < length; i += 1) {
    const seen = await look(shop);
    const done = played.map(({ name, acts }) => {
      const act = acts[i] ?? null;
      return act === null ? NOTHING : resolved(act, seen(name));
    });
    done.forEach((one, n) => plain[n]?.push(one.plain));
    await shop.write(function* () {
      for (const { work } of done) if (work !== null) yield* work();
    });
    const drafts: Partial<DraftInput>[] = [];
    for (const [n, { plain: act }] of done.entries()) {
      const name = played[n]?.name ?? '';
      if (act?.do === 'says') drafts.push(draftOf(name, act));
      if (act?.do === 'reply') await reply(shop, seen(name), act.conversation);
    }
    if (drafts.length > 0) await shop.file(...drafts);
    shop.clock.pass(step);
  }
  return played.map(({ name }, n) => ({ name, acts: plain[n] ?? [] }));
}

const NOTHING: Resolved = { plain: null, work: null };

function draftOf(
  name: string,
  { conversation, identities, fields }: Extract<Act, { do: 'says' }>,
): Partial<DraftInput> {
  const key = `${name}/${conversation}`;
  // Every history has customers of its own, and every conversation an account that proves whose it is.
  const own = identities.map((one) => ({ ...one, value: `${name}.${one.value}` }));
  const account = { kind: 'openid', value: key, scope: 'shop', proof: 'proven' } as const;
  return {
    conversation: key,
    sender: { handle: key, name: null, identities: [account, ...own] },
    text: `${key} says something`,
    fields: { ...fields },
  };
}

async function reply(shop: Workshop, seen: Seen, n: number): Promise<void> {
  const conversation = seen.conversations.get(n);
  if (conversation === undefined) return;
  await shop.reply(conversation.ticket, 'we look into it', conversation.id);
}

/** What an act is here and now. */
function resolve(act: Act, seen: Seen, at: number): Resolved {
  switch (act.do) {
    case 'says':
    case 'reply':
      return { plain: act, work: null };
    case 'note':
    case 'change': {
      const ticket = pick(seen.tickets, act.ticket);
      if (ticket === undefined) return NOTHING;
      const plain = { ...act, ticket: ticket.root_id ?? ticket.id };
      return { plain, work: plainWork(plain, at) };
    }
    case 'split':
      return resolveSplit(act, seen, at);
    case 'merge':
    case 'join':
      return { plain: null, work: tie(act, seen, at) };
    case 'unmerge':
    case 'unjoin':
      return { plain: null, work: untie(act, seen, at) };
  }
}

function tie({ do: kind, one, other }: Extract<Act, { one: number }>, seen: Seen, at: number) {
  const all = (kind === 'merge' ? seen.tickets : seen.persons).map(({ id }) => id);
  const [a, b] = [pick(all, one) ?? 0, pick(all, other) ?? 0];
  const decision = { author: 'anna', at, evidence: [] };
  return () => (kind === 'merge' ? mergeTickets : joinPersons)(a, b, decision);
}

function untie({ do: kind, which }: Extract<Act, { which: number }>, seen: Seen, at: number) {
  const tickets = seen.tickets.filter((row) => row.merged_into !== null);
  const persons = seen.persons.filter((row) => row.joined_into !== null);
  const member = pick<{ id: number }>(kind === 'unmerge' ? tickets : persons, which)?.id ?? 0;
  return (): Work<unknown> =>
    kind === 'unmerge'
      ? unmergeTicket(member, { author: 'anna', at, evidence: [] })
      : unjoinPerson(member, { who: 'anna', at });
}

function resolveSplit(
  { ticket: n, mask, all }: Extract<Act, { do: 'split' }>,
  seen: Seen,
  at: number,
): Resolved {
  const ticket = pick(seen.tickets, n);
  if (ticket === undefined) return NOTHING;
  const root = ticket.root_id ?? ticket.id;
  const members = seen.tickets.filter((row) => row.id === root || row.root_id === root);
  let bit = 0;
  const cuts = members.flatMap((member): Cut[] => {
    const own = seen.messages.filter((row) => row.ticket_id === member.id).map(({ id }) => id);
    const chosen = own.filter(() => (mask >> (bit++ % 8)) % 2 === 1);
    const messages = all ? chosen : chosen.slice(0, own.length - 1);
    return messages.length === 0 ? [] : [{ ticket: member.id, messages }];
  });
  if (cuts.length === 0) return NOTHING;
  const messages = cuts.flatMap((cut) => cut.messages);
  const work = () => splitTicket(root, { messages, into: null }, { who: 'anna', at });
  return { plain: { do: 'cut', cuts }, work };
}

function plainWork(plain: Plain, at: number): Resolved['work'] {
  const by = { who: 'anna', at };
  switch (plain.do) {
    case 'says':
    case 'reply':
      return null;
    case 'note':
      return () => noteTicket(plain.ticket, { text: 'a note', attachments: [] }, by);
    case 'change':
      return () => changeTicket(plain.ticket, plain.change, by);
    case 'cut':
      return function* () {
        for (const { ticket, messages } of plain.cuts) {
          yield* splitTicket(ticket, { messages, into: null }, by);
        }
      };
  }
}

const pick = <T>(list: readonly T[], n: number): T | undefined =>
  list.length === 0 ? undefined : list[n % list.length];
