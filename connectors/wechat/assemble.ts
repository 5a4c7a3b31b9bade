import type { Connector, Context, Definition, Live } from '../../src/sdk/index.js';
import { check, incomplete } from './check.js';
import { decode } from './decode.js';
import { fetchAttachment } from './media.js';
import { renderWith } from './render.js';
import type { MediaKind, Payload } from './render.js';
import { send } from './send.js';
import { verify } from './verify.js';

/** A WeChat account as a connector: what differs between its products is data. */
export function connectorOf(definition: Definition, kinds: readonly MediaKind[]): Connector {
  return {
    definition,
    verify,
    decode,
    render: (reply) => renderWith(kinds, reply),
    incomplete,
    open,
  };
}

function open(context: Context): Live {
  return {
    send: (part, _key, waited) => send(context, part.payload as Payload, waited),
    fetchAttachment: (ref) => fetchAttachment(context, ref),
    check: () => check(context),
    close: () => Promise.resolve(),
  };
}
