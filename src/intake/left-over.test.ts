import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { compileMapping } from '../mapping/compile.js';
import type { MappingSet } from '../mapping/mapping.js';
import type { Connected } from './connected.js';
import { normalise, type NormaliseDependencies } from './normalise.js';
import { createReceive } from './receive.js';

/** A delivery that no mapping but the catch-all takes opens no ticket: whoever runs the hub is told. */

let shop: Workshop;
let deps: NormaliseDependencies;
let noticed: object[];
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  noticed = [];
  deps = {
    ...shop,
    wake: () => undefined,
    apart: { draftsOf: () => Promise.reject(new Error('not here')) },
    crashpoint: () => undefined,
    notice: (sentence, connection, ids) => void noticed.push({ sentence, connection, ids }),
  };
});
afterEach(() => shop.end());

async function arrives(fact: object): Promise<void> {
  const body = Buffer.from(JSON.stringify([fact]));
  const delivery = { key: 'e1', body, type: '', notes: {}, query: '' };
  await createReceive({ ...shop, find: deps.find })('a', [delivery]);
}

test('a delivery that only the catch-all takes is said by its id', async () => {
  const both = twoMappings();
  await arrives({ id: 'm1', conversation: 't', from: 'zhang', txt: 'The kettle leaks' });
  await normalise({ ...deps, find: (id) => withMappings(shop.find(id), both) });
  expect(noticed).toEqual([
    {
      ...{ sentence: expect.stringMatching(/opened no ticket/) as unknown, connection: 'a' },
      ids: { envelope: 1 },
    },
  ]);
});

test('an event that its own mapping takes is no left-over, whatever was cut in it', async () => {
  const text = 'x'.repeat(200_001);
  await arrives({ id: 'm1', kind: 'event', conversation: 't', from: 'zhang', text });
  await normalise(deps);
  expect(await shop.rows('SELECT remarks FROM envelopes')).toEqual([
    { remarks: '["text: cut to 200000 characters"]' },
  ]);
  expect(noticed).toEqual([]);
});

/** The same connection, with other mappings. */
function withMappings(present: Connected | undefined, mappings: MappingSet): Connected {
  if (present === undefined) throw new Error('connect first');
  return { ...present, mappings };
}

/** Messages are what has a `body.says`; the rest is kept as an event. */
function twoMappings(): MappingSet {
  const head = (name: string): string => `mapping: courier/${name}\nversion: 1\nroot: body\n`;
  const fields =
    'fields: { id: id, conversation: conversation, sender: { handle: from }, text: text }\n';
  const compiled = [
    `${head('message')}accepts: body.says\nkind: message\n${fields}`,
    `${head('event')}kind: event\n${fields}`,
  ].map((text, i) => compileMapping(`courier/${i}.yaml`, text));
  return {
    name: 'courier',
    mappings: compiled.map((one) => {
      if (!one.ok) throw new Error(JSON.stringify(one.problems));
      return one.mapping;
    }),
  };
}
