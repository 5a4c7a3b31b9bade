import type { Connected } from '../intake/connected.js';
import { noteTrouble } from '../store/connections.js';
import type { Store } from '../store/store.js';

/** Why an account that was saved is of no use as it is, in a sentence; null: nothing is missing. */
export function whyIncomplete({ connector, account }: Connected): string | null {
  return connector.incomplete?.(account)?.text.en ?? null;
}

/** Kept with the connection, so that it is seen wherever connections are, whether a hub runs or not. */
export async function noteIncomplete(
  store: Store,
  connected: Connected | undefined,
): Promise<void> {
  const why = connected === undefined ? null : whyIncomplete(connected);
  if (connected === undefined || why === null) return;
  await store.write(() => noteTrouble(connected.id, why));
}
