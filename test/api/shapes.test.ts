import { Ajv2020 } from 'ajv/dist/2020.js';
import { until } from '../hub.js';
import { openStage, tell, type Page } from './platform.js';

const { hub, shop, end } = await openStage();
afterAll(end);

interface Described {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: object;
}

test('what is answered is what the document says', async () => {
  const [a, b] = [await tell(hub, shop, 'one'), await tell(hub, shop, 'two')];
  await hub.api('POST', `/tickets/${a.number}/merge`, { into: b.number });
  await hub.api('POST', `/tickets/${a.number}/notes`, { text: 'a note' });
  await hub.api('POST', `/tickets/${a.number}/replies`, {
    text: 'an answer',
    confirm: 'persons',
  });
  await hub.receive(shop, [
    { key: 'k', body: Buffer.from('?'), type: 'text/plain', notes: { a: 'b' }, query: 'c=d' },
  ]);
  await until('all of it', async () => {
    const envelopes = (await hub.api('GET', '/envelopes?state=quarantine')).body as Page<object>;
    const deliveries = (await hub.api('GET', '/deliveries?state=sent')).body as Page<object>;
    return envelopes.items.length === 1 && deliveries.items.length === 1;
  });
  const document = (await (await fetch(`${hub.url}/api/openapi.json`)).json()) as OpenApi;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: document.components });
  for (const [template, path] of [
    ['/tickets', '/tickets'],
    ['/tickets/{number}', `/tickets/${a.number}`],
    ['/tickets/{number}', `/tickets/${b.number}?own=1`],
    ['/tickets/{number}/messages', `/tickets/${a.number}/messages`],
    ['/tickets/{number}/conversations', `/tickets/${a.number}/conversations`],
    ['/tickets/{number}/duplicates', `/tickets/${a.number}/duplicates`],
    ['/persons/{id}', `/persons/${a.person.id}`],
    ['/persons/{id}/duplicates', `/persons/${a.person.id}/duplicates`],
    ['/connections', '/connections'],
    ['/connections/{id}', `/connections/${shop}`],
    ['/connectors', '/connectors'],
    ['/deliveries', '/deliveries'],
    ['/envelopes', '/envelopes'],
    ['/envelopes/{id}', '/envelopes/1'],
    ['/tokens', '/tokens'],
  ] as const) {
    const answer = await hub.api('GET', path);
    const described = document.paths[`/api/v1${template}`]?.['get']?.responses['200'];
    const schema = described?.content?.['application/json']?.schema ?? { not: {} };
    const located = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
    const fits = ajv.validate(located, answer.body);
    expect([path, answer.status, fits, ajv.errors]).toEqual([path, 200, true, null]);
  }
});
