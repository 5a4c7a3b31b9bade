import type { Connector } from '../../src/sdk/index.js';
import { incomplete } from './check.js';
import { decode } from './decode.js';
import { definition } from './definition.js';
import { open } from './live.js';
import { refine } from './refine.js';
import { render } from './render.js';
import { verify } from './verify.js';

/** Any system with signed webhooks, without code. */
export const connector: Connector = {
  definition,
  verify,
  decode,
  refine,
  render,
  incomplete,
  open,
};
