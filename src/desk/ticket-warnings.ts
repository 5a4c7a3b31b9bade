import { severalPersons } from './several-persons.js';
import type { Ticket } from '../model/ticket.js';

type Warning = Ticket['warnings'][number];
type Conversation = Ticket['conversations'][number];

interface Named {
  /** Root of a person. */
  readonly root: number;
  readonly name: string | null;
}

/** What an agent should know before the first word of an answer. */
export function warningsOf(
  conversations: readonly Conversation[],
  persons: readonly Named[],
): Warning[] {
  return [...unjoined(conversations, persons), ...conversations.flatMap(unconfirmed)];
}

/** Nothing proves that they are one: what one of them said is not for the other. */
function unjoined(
  conversations: readonly Conversation[],
  persons: readonly Named[],
): readonly Warning[] {
  const speakers = [...new Set(conversations.map(({ person }) => person))].map((id) => ({
    id,
    name: persons.find(({ root }) => root === id)?.name ?? null,
    conversations: conversations.filter(({ person }) => person === id),
  }));
  if (speakers.length < 2) return [];
  return [
    {
      kind: 'severalPersons',
      sentence: severalPersons(speakers),
      persons: speakers.map(({ id }) => id),
      conversations: conversations.map(({ id }) => id),
    },
  ];
}

function unconfirmed({ id, person, handle, replyTo }: Conversation): readonly Warning[] {
  if (replyTo === null || replyTo.confirmed) return [];
  const { address } = replyTo;
  return [
    {
      kind: 'replyToUnconfirmed',
      sentence: {
        en: `answers are asked to go to ${address}, and nothing proves that ${handle} asked for it: they go to ${handle} until an agent confirms "replyTo"`,
        zh: `对方要求回复到 ${address},但无法证明该要求出自 ${handle}:在客服以 "replyTo" 确认之前,回复仍发往 ${handle}`,
      },
      persons: [person],
      conversations: [id],
    },
  ];
}
