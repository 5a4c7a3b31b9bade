import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock, DoorMessage, Doors, Emit } from '../../src/sdk/index.js';
import { MAX_MESSAGE } from './definition.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const NewMessage = z.object({
  clientMessageId: z.string().toLowerCase().regex(UUID_V7, 'a UUID of version 7'),
  text: z.string().trim().min(1, 'is empty').max(MAX_MESSAGE, `at most ${MAX_MESSAGE} characters`),
  name: z.string().trim().max(100).optional(),
  email: z.email().max(254).optional(),
  page: z
    .url({ protocol: /^https?$/ })
    .max(1_000)
    .optional(),
  language: z.string().max(35).optional(),
});
export type NewMessage = z.infer<typeof NewMessage>;

/** The same for every repetition of one message. */
export interface Accepted {
  readonly clientMessageId: string;
  /** ISO 8601 in UTC. */
  readonly acceptedAt: string;
}

export type Posted =
  | { readonly kind: 'new' | 'repeated'; readonly answer: Accepted }
  /** The id was used for another text. */
  | { readonly kind: 'conflict' };

export interface Messages {
  /** Resolves after the commit. */
  post(visitor: string, message: NewMessage): Promise<Posted>;
}

/** Together some 30 MB at most; what is forgotten is still one message, by its key in the core. */
const MAX_VISITORS = 1_000;
const MAX_IDS = 100;
const PAGE = 200;

interface Known {
  readonly digest: string;
  readonly answer: Promise<Accepted>;
}

/** What one visitor said: as far as we took it ourselves, and as far as the history was read. */
interface Said {
  readonly messages: Map<string, Known>;
  readUpTo: number;
}

/**
 * Takes messages exactly once by the id the visitor's device made. Ids seen by this process are
 * remembered; older ones, and those of another process, are read from the conversation's history.
 */
export function openMessages(emit: Emit, doors: Doors, clock: Clock): Messages {
  const visitors = new Map<string, Said>();

  function saidBy(visitor: string): Said {
    const said = visitors.get(visitor) ?? { messages: new Map<string, Known>(), readUpTo: 0 };
    visitors.delete(visitor);
    visitors.set(visitor, said);
    dropOldest(visitors, MAX_VISITORS);
    return said;
  }

  async function take(visitor: string, message: NewMessage): Promise<Accepted> {
    const at = clock.now();
    const fact = { what: 'message', visitor, at: new Date(at).toISOString(), ...message };
    await emit([
      {
        key: draftId(visitor, message.clientMessageId),
        body: Buffer.from(JSON.stringify(fact)),
        type: 'application/json',
        notes: {},
        query: '',
        receivedAt: at,
      },
    ]);
    return { clientMessageId: message.clientMessageId, acceptedAt: fact.at };
  }

  return {
    async post(visitor, message) {
      const said = saidBy(visitor);
      const digest = digestOf(message.text);
      if (!said.messages.has(message.clientMessageId)) await readHistory(doors, visitor, said);
      const known = said.messages.get(message.clientMessageId);
      if (known !== undefined) {
        if (known.digest !== digest) return { kind: 'conflict' };
        return { kind: 'repeated', answer: await known.answer };
      }
      const answer = take(visitor, message);
      said.messages.set(message.clientMessageId, { digest, answer });
      dropOldest(said.messages, MAX_IDS);
      // What was not committed may be sent again.
      answer.catch(() => said.messages.delete(message.clientMessageId));
      return { kind: 'new', answer: await answer };
    },
  };
}

/** The draft id: one visitor's ids never touch another's. */
function draftId(visitor: string, clientMessageId: string): string {
  return `${visitor}:${clientMessageId}`;
}

/** The id the visitor's device gave a message of its own; null for one of the desk. */
export function clientMessageIdOf(visitor: string, message: DoorMessage): string | null {
  const prefix = `${visitor}:`;
  return message.clientId?.startsWith(prefix) === true
    ? message.clientId.slice(prefix.length)
    : null;
}

async function readHistory(doors: Doors, visitor: string, said: Said): Promise<void> {
  for (;;) {
    const page = await doors.history(visitor, said.readUpTo, PAGE);
    for (const message of page) {
      said.readUpTo = Math.max(said.readUpTo, message.seq);
      const id = clientMessageIdOf(visitor, message);
      if (id === null || said.messages.has(id)) continue;
      const acceptedAt = new Date(message.at).toISOString();
      const answer = Promise.resolve({ clientMessageId: id, acceptedAt });
      said.messages.set(id, { digest: digestOf(message.text), answer });
    }
    dropOldest(said.messages, MAX_IDS);
    if (page.length < PAGE) return;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function dropOldest<V>(map: Map<string, V>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
