import type { Connector } from '../../src/sdk/index.js';
import { decode } from './decode.js';
import { definition } from './definition.js';
import { open } from './live.js';
import { render } from './render.js';

/** A chat on one's own pages. */
export const connector: Connector = { definition, decode, render, open };
