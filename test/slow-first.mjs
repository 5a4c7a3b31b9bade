import TestSequencer from '@jest/test-sequencer';

/**
 * The suites that take longest, the longest first: begun last, one of them alone would be waited for.
 * Jest knows the times of an earlier run, and of none in a fresh clone.
 */
const SLOW = [
  'test/faults/crash',
  'test/journeys/email-outbox',
  'test/cli/start',
  'src/desk/histories',
  'test/conformance/email',
  'test/journeys/twilio-sms',
  'test/faults/merging',
  'test/cli/import',
  'test/cli/upkeep',
  'test/journeys/email-threads',
  'connectors/email/stream',
  'test/journeys/demo',
];

export default class SlowFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ path }) {
  const place = SLOW.findIndex((name) => path.endsWith(`/dist/${name}.test.js`));
  return place === -1 ? SLOW.length : place;
}
