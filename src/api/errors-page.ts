import { escape, page } from './docs-page.js';
import { PROBLEMS } from '../model/problems.js';

/** What a problem's `type` points to: every code, in both languages, with the way out. */
export function errorsPage(): string {
  const rows = Object.values(PROBLEMS).map(
    ({ code, status, title, way }) =>
      `<tr id="${code.toLowerCase()}"><td><code>${code}</code></td><td>${status}</td>` +
      `<td>${escape(title.en)}<br>${escape(title.zh)}</td><td>${escape(way.en)}<br>${escape(way.zh)}</td></tr>`,
  );
  const body = `<nav><a href="/docs">API</a></nav><main><h1>Errors</h1>
<table><tr><th>code</th><th>status</th><th>means</th><th>do</th></tr>${rows.join('')}</table></main>`;
  return page('Hubbub: errors', body);
}
