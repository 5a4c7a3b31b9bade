import { CHECKS } from '../../src/sdk/conformance/catalogue.js';
import { runChecks } from '../../src/sdk/conformance/run-checks.js';
import { connector } from './parcel/connector.js';
import { resultsOf, subject } from './parcel/rejections.js';

describe('waivers', () => {
  test('carry a fault with their reason, and fail when nothing is wrong', async () => {
    const waivers = {
      'drafts.automatic': 'this desk marks nothing as automatic',
      'drafts.echo': 'no longer true',
      'drafts.nonsense': 'there is no such check',
    };
    const fixtures = subject.fixtures.filter(({ traps }) => traps?.[0] !== 'automatic');
    const results = await resultsOf({
      groups: ['drafts', 'definition'],
      subject: { waivers, fixtures },
    });
    const of = (id: string) => results.find((result) => result.id === id);
    expect(of('drafts.automatic')).toMatchObject({
      state: 'waived',
      reason: { en: 'this desk marks nothing as automatic' },
      faults: ['no fixture sets the trap "automatic"'],
    });
    expect(of('drafts.echo')).toMatchObject({
      state: 'failed',
      faults: ['the waiver "no longer true" is no longer needed: remove it'],
    });
    expect(of('definition.waivers')?.faults).toEqual([
      'there is no check drafts.nonsense to waive',
    ]);
  });
});

test('without a test runner the kit tells every check once, and nothing is left out', async () => {
  const results = await runChecks(connector, subject);
  expect(results).toHaveLength(CHECKS.length);
  expect(new Set(results.map(({ id }) => id)).size).toBe(CHECKS.length);
  expect(results.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(results.filter(({ state }) => state === 'passed').length).toBeGreaterThanOrEqual(120);
  for (const { state, reason } of results) {
    expect(reason === null).toBe(state === 'passed');
  }
});
