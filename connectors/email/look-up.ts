import { sent } from '../../src/sdk/index.js';
import type { Context, Outcome, Part } from '../../src/sdk/index.js';
import { openMailbox, sentFolder } from './imap.js';
import { readSettings } from './settings.js';
import type { Answer } from './transport.js';

/** Milliseconds a look into the Sent folder may wait for an answer. */
const PATIENCE = 30_000;

/**
 * Whether a mail whose answer never came lies in the Sent folder: many providers file what they
 * took there themselves. Found proves it was taken; not found proves nothing, hence null.
 */
export async function lookUpSent(
  context: Context,
  part: Part,
  stop: AbortSignal,
): Promise<Outcome | null> {
  const imap = readSettings(context.account())?.imap;
  const { messageId } = part.payload as Answer;
  if (imap === undefined) return null;
  const opened = await openMailbox(context, stop, PATIENCE);
  if (opened.kind === 'failed') return null;
  const { client } = opened;
  try {
    const folder = await sentFolder(client, imap.sentFolder === '-' ? '' : imap.sentFolder);
    if (folder === null) return null;
    await client.mailboxOpen(folder, { readOnly: true });
    const found = await client.search({ header: { 'message-id': messageId } }, { uid: true });
    return found !== undefined && found !== false && found.length > 0 ? sent(messageId) : null;
  } catch {
    // The next deadline asks again; until then nothing is known.
    return null;
  } finally {
    client.close();
  }
}
