import { json, WRITTEN } from '../answer.js';
import { docsPage, PAGE_POLICY } from '../docs-page.js';
import { errorsPage } from '../errors-page.js';
import { openApiDocument } from '../openapi.js';
import { route, type Route } from '../route.js';

/** The API describes itself. `described`: every route, these included. */
export function docsRoutes(described: () => readonly Route[]): readonly Route[] {
  let document: Promise<object> | null = null;
  const read = (): Promise<object> => (document ??= openApiDocument(described()));
  return [
    route('GET /api/openapi.json', {
      tag: 'Operation',
      summary: 'This API as OpenAPI 3.1',
      answers: { 200: { description: 'The document', type: 'application/json' } },
      handle: async () => json(await read()),
    }),
    route('GET /docs', {
      tag: 'Operation',
      summary: 'A page to read this API',
      answers: { 200: { description: 'The page', type: 'text/html' } },
      async handle({ response }) {
        response.set('content-security-policy', PAGE_POLICY).type('html');
        response.send(docsPage(await read()));
        return WRITTEN;
      },
    }),
    route('GET /docs/errors', {
      tag: 'Operation',
      summary: 'Every error code and what to do',
      answers: { 200: { description: 'The page', type: 'text/html' } },
      async handle({ response }) {
        response.set('content-security-policy', PAGE_POLICY).type('html').send(errorsPage());
        return WRITTEN;
      },
    }),
  ];
}
