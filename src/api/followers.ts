import type { Subscription, Tail } from './tail.js';
import { placesOfConversations } from '../store/conversations.js';
import type { Store } from '../store/store.js';

/** Conversations whose place is remembered; the one that was learnt first is forgotten first. */
const MOST_KNOWN = 20_000;

/** Who waits for news of a conversation, by its platform's key; it need not exist yet. */
export interface Followers {
  /** Calls `changed` at once and with every event of the conversation; returns the way to stop. */
  follow(
    connection: string,
    key: string,
    changed: () => void,
    trouble: (error: unknown) => void,
  ): () => void;
}

interface Follower {
  readonly changed: () => void;
  readonly trouble: (error: unknown) => void;
}

/** An event costs its followers one look at a map, whoever else follows and whatever. */
export function followConversations(store: Store, tail: Tail): Followers {
  const followers = new Map<string, Set<Follower>>();
  let subscription: Subscription | null = null;
  const hear = placeEvents(store, {
    tell: (place) => {
      for (const { changed } of followers.get(place) ?? []) changed();
    },
    // Whose news these were is not known: everybody looks.
    fail: (error) => {
      for (const set of followers.values()) for (const { trouble } of set) trouble(error);
    },
  });

  function listen(): Subscription {
    subscription ??= tail.subscribe(({ conversation_id }) => hear(conversation_id));
    return subscription;
  }

  /** The next follower begins anew: it must not wait for what failed. */
  function unlisten(failed: Subscription | null): void {
    if (failed === null || subscription !== failed) return;
    failed.stop();
    subscription = null;
    if (followers.size > 0) listen().ready.catch(() => undefined);
  }

  return {
    follow(connection, key, changed, trouble) {
      const place = placeOf(connection, key);
      const follower = { changed, trouble };
      const set = followers.get(place) ?? new Set();
      followers.set(place, set.add(follower));
      const listening = listen();
      listening.ready.then(changed, (error: unknown) => {
        unlisten(listening);
        trouble(error);
      });
      return () => {
        set.delete(follower);
        if (set.size === 0 && followers.get(place) === set) followers.delete(place);
        if (followers.size === 0) unlisten(subscription);
      };
    },
  };
}

const placeOf = (connection: string, key: string): string => `${connection}\n${key}`;

interface PlaceListener {
  tell(place: string): void;
  fail(error: unknown): void;
}

/**
 * Events carry the number of a conversation, followers know its key. The place of a number is read
 * once, for a whole batch of events together.
 */
function placeEvents(
  store: Store,
  { tell, fail }: PlaceListener,
): (conversation: number | null) => void {
  const places = new Map<number, string>();
  let unplaced = new Set<number>();

  function remember(id: number, place: string): void {
    places.set(id, place);
    const oldest = places.keys().next();
    if (places.size > MOST_KNOWN && oldest.done !== true) places.delete(oldest.value);
  }

  async function placeAll(): Promise<void> {
    const ids = [...unplaced];
    unplaced = new Set();
    for (const row of await store.read(() => placesOfConversations(ids))) {
      const place = placeOf(row.connection_id, row.key);
      remember(row.id, place);
      tell(place);
    }
  }

  return (conversation) => {
    if (conversation === null) return;
    const place = places.get(conversation);
    if (place !== undefined) return tell(place);
    if (unplaced.size === 0) queueMicrotask(() => void placeAll().catch(fail));
    unplaced.add(conversation);
  };
}
