import { CHECKS } from './catalogue.js';

/** Every check as a row of Markdown; docs/conformance.md holds it, `npm run docs` writes it there. */
export function checkTable(): string {
  const rows = CHECKS.map(({ id, title }) => `| \`${id}\` | ${title.en} | ${title.zh} |`);
  return [
    '| check | what is true of a connector that passes | 中文 |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}
