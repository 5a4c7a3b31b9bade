import type { Localised } from '../../model/localised.js';
import type { Connector } from '../treaty.js';
import type { Subject } from './subject.js';

export const GROUPS = [
  'definition',
  'verify',
  'keys',
  'decode',
  'drafts',
  'parts',
  'outcomes',
  'faults',
  'tokens',
  'windows',
  'cursors',
  'media',
  'lifecycle',
  'secrets',
] as const;
export type Group = (typeof GROUPS)[number];

/** What a check looks at. Each check opens what it needs and closes it again; none leans on another. */
export interface Bench {
  readonly connector: Connector;
  readonly subject: Subject;
}

/** What is wrong, one sentence a fault; none: the check is passed. */
export type Faults = readonly string[];

export interface Check {
  /** `<group>.<name>`; stable, because waivers name it. */
  readonly id: string;
  readonly group: Group;
  /** What is true of a connector that passes. */
  readonly title: Localised;
  /** Why it says nothing about this connector; null: it applies. */
  readonly inapplicable?: (bench: Bench) => Localised | null;
  readonly run: (bench: Bench) => Faults | Promise<Faults>;
}

export interface CheckResult {
  readonly id: string;
  readonly group: Group;
  readonly title: Localised;
  readonly state: 'passed' | 'failed' | 'waived' | 'notApplicable';
  readonly faults: Faults;
  /** Why it is waived or does not apply. */
  readonly reason: Localised | null;
}

export const say = (en: string, zh: string): Localised => ({ en, zh });
