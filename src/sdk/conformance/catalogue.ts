import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { cursorChecks } from './cursors.js';
import { decodeChecks } from './decode.js';
import { definitionChecks } from './definition.js';
import { draftChecks } from './drafts.js';
import { faultChecks } from './faults.js';
import { keyChecks } from './keys.js';
import { lifecycleChecks } from './lifecycle.js';
import { mediaChecks } from './media.js';
import { outcomeChecks } from './outcomes.js';
import { partChecks } from './parts.js';
import { secretChecks } from './secrets.js';
import { sourceChecks } from './source.js';
import { tokenChecks } from './tokens.js';
import { verifyChecks } from './verify.js';
import { windowChecks } from './windows.js';

const groups: readonly Check[] = [
  ...definitionChecks,
  ...verifyChecks,
  ...sourceChecks,
  ...keyChecks,
  ...decodeChecks,
  ...draftChecks,
  ...partChecks,
  ...outcomeChecks,
  ...faultChecks,
  ...tokenChecks,
  ...windowChecks,
  ...cursorChecks,
  ...mediaChecks,
  ...lifecycleChecks,
  ...secretChecks,
];

const ids: ReadonlySet<string> = new Set(groups.map(({ id }) => id));

function waiversAreKnown({ subject }: Bench): Faults {
  return Object.entries(subject.waivers ?? {}).flatMap(([id, reason]) => [
    ...(ids.has(id) ? [] : [`there is no check ${id} to waive`]),
    ...(reason.trim().length >= 10 ? [] : [`the waiver of ${id} gives no reason`]),
  ]);
}

/** Everything the kit asks, in the order in which it is asked. A connector cannot add to it. */
export const CHECKS: readonly Check[] = [
  ...groups,
  {
    id: 'definition.waivers',
    group: 'definition',
    title: say('every waiver names a check and a reason', '豁免项指明检查与理由'),
    run: waiversAreKnown,
  },
];
