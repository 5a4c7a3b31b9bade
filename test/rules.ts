import { loadConfig } from '../src/config/load.js';
import { readRules } from '../src/main.js';
import type { MatchingRules } from '../src/matching/rules.js';

/** The rules of matching as they are delivered. */
export const defaultRules = (): MatchingRules => readRules(loadConfig({}));
