import type { Connector } from '../../src/sdk/index.js';
import { attachment } from './attachments.js';
import { incomplete } from './check.js';
import { decode } from './decode.js';
import { definition } from './definition.js';
import { open } from './live.js';
import { render } from './render.js';

/** E-mail by IMAP, the built-in listener and SMTP. */
export const connector: Connector = { definition, decode, attachment, render, incomplete, open };
