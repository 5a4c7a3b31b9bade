import { jest } from '@jest/globals';
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { catalogue } from '../../connectors/index.js';
import type { Bench } from '../../src/sdk/conformance/check.js';
import {
  genuine,
  readPlace,
  refusalFault,
  sameOrRefused,
  verdictOf,
  webhookOf,
  withPlace,
} from '../../src/sdk/conformance/forgeries.js';
import type { Place, Subject } from '../../src/sdk/conformance/subject.js';

// A thousand deliveries a connector; a busy machine may take its time.
jest.setTimeout(120_000);

const RUNS = { numRuns: 1_000, seed: 20_261_122 };

async function benchOf(name: string, load: (typeof catalogue)[string]): Promise<Bench> {
  const file = join(process.cwd(), `dist/test/conformance/${name}/subject.js`);
  const { subject } = (await import(pathToFileURL(file).href)) as { readonly subject: Subject };
  return { connector: await load(), subject };
}

const named: (readonly [string, Bench])[] = [];
for (const [name, load] of Object.entries(catalogue)) named.push([name, await benchOf(name, load)]);
const verifying = named.filter(([, { connector }]) => connector.verify !== undefined);

test.each(named.map(([name]) => name))('%s is put to the kit by a test of its own', (name) => {
  expect(existsSync(`test/conformance/${name}.test.ts`)).toBe(true);
});

const hexadecimal = fc.stringMatching(/^[0-9a-f]{0,64}$/);
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String(), hexadecimal);

function placesOf(bench: Bench): readonly Place[] {
  const { signature, signed } = webhookOf(bench);
  return [signature, ...signed];
}

describe.each(verifying)('deliveries to %s that nobody signed', (_name, bench) => {
  test('with any text where its proof stands are refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...placesOf(bench)), text, (place, forged) => {
        const request = genuine(bench);
        fc.pre(forged.trim() !== readPlace(request, place));
        expect(refusalFault(verdictOf(bench, withPlace(request, place, forged)))).toBeNull();
      }),
      RUNS,
    );
  });

  test('with a part of the proof exchanged are refused', () => {
    const damage = fc.tuple(fc.constantFrom(...placesOf(bench)), fc.nat(), fc.nat(8), text);
    fc.assert(
      fc.property(damage, ([place, from, length, inserted]) => {
        const request = genuine(bench);
        const whole = readPlace(request, place);
        const at = from % (whole.length + 1);
        const forged = whole.slice(0, at) + inserted + whole.slice(at + length);
        fc.pre(forged.trim() !== whole);
        expect(refusalFault(verdictOf(bench, withPlace(request, place, forged)))).toBeNull();
      }),
      RUNS,
    );
  });

  test('with any body under a proof of another are refused, or say the same', async () => {
    if (!webhookOf(bench).coversBody) return;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(), async (bytes, from) => {
        const request = genuine(bench);
        const at = from % (request.body.length + 1);
        const body = Buffer.concat([request.body.subarray(0, at), bytes]);
        fc.pre(!body.equals(request.body));
        expect(await sameOrRefused(bench, request, { ...request, body })).toBeNull();
      }),
      RUNS,
    );
  });

  test('with a body that another account signed are refused', () => {
    const { webhook, stranger, now } = { ...bench.subject, webhook: webhookOf(bench) };
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: -9e8, max: 9e8 }),
        (bytes, off) => {
          const request = webhook.sign(Buffer.from(bytes), now + off, stranger);
          expect(refusalFault(verdictOf(bench, request))).toBeNull();
        },
      ),
      RUNS,
    );
  });
});
