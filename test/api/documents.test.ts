import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCESS, type RouteId } from '../../src/api/access.js';
import { methodAndPath } from '../../src/api/route.js';
import { INSTALLATION } from '../../src/config/paths.js';
import { PROBLEMS } from '../../src/model/problems.js';
import { jsonSchemas } from '../../src/model/json-schemas.js';
import { startTestHub, type TestHub } from '../hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.end());

const read = (path: string): string => readFileSync(join(INSTALLATION, path), 'utf8');

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: object }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

test('OpenAPI describes exactly the routes there are', async () => {
  const document = (await (await fetch(`${hub.url}/api/openapi.json`)).json()) as OpenApi;
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(Object.keys(ACCESS).sort());
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['Ticket', 'Message', 'Delivery', 'PushedDraft', 'Problem']),
  );
});

test('every parameter of a path is described', async () => {
  const document = (await (await fetch(`${hub.url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
  };
  for (const route of Object.keys(ACCESS) as RouteId[]) {
    const { method, path } = methodAndPath(route);
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const given = (document.paths[path]?.[method.toLowerCase()]?.parameters ?? [])
      .filter((one) => one.in === 'path')
      .map(({ name }) => name);
    expect([route, given.sort()]).toEqual([route, named.sort()]);
  }
});

test('the pages load nothing from anywhere, and run only the script they bring', async () => {
  for (const path of ['/docs', '/docs/errors']) {
    const answer = await fetch(hub.url + path);
    const html = await answer.text();
    expect(html.match(/(?:src|href)="(?:https?:)?\/\//g)).toBeNull();
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(policy).not.toContain('unsafe');
  }
  const docs = await (await fetch(`${hub.url}/docs`)).text();
  for (const route of Object.keys(ACCESS) as RouteId[]) {
    expect(docs).toContain(methodAndPath(route).path);
  }
});

test('every link of the page leads to a place on it', async () => {
  const html = await (await fetch(`${hub.url}/docs`)).text();
  const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const lost = [...html.matchAll(/href="#([^"]+)"/g)].filter(([, id]) => !ids.has(id));
  expect(lost.map(([, id]) => id)).toEqual([]);
});

test('docs/errors.md lists every code, and none that is not there', () => {
  const written = [...read('docs/errors.md').matchAll(/HUB_\d+/g)].map(([code]) => code);
  const known = Object.values(PROBLEMS).map(({ code }) => code);
  expect([...new Set(written)].sort()).toEqual([...known].sort());
});

test.each(Object.keys(jsonSchemas()))('%s is as its shape is now: npm run docs', (file) => {
  expect(JSON.parse(read(file))).toEqual(jsonSchemas()[file]);
});
