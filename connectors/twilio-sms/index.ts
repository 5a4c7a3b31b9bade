import type { Connector } from '../../src/sdk/index.js';
import { decode } from './decode.js';
import { definition } from './definition.js';
import { open } from './live.js';
import { render } from './render.js';
import { verify } from './verify.js';

/** SMS and MMS through Twilio. */
export const connector: Connector = { definition, verify, decode, render, open };
