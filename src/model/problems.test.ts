import { PROBLEMS, problemDetails, type ProblemName } from './problems.js';

const names = Object.keys(PROBLEMS) as ProblemName[];

test('every problem has a code of its own, a status of its kind, and words in both languages', () => {
  const codes = names.map((name) => PROBLEMS[name].code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const name of names) {
    const { code, status, title } = PROBLEMS[name];
    expect(code).toMatch(/^HUB_\d{3}$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title.en).not.toBe('');
    expect(title.zh).toMatch(/\p{Script=Han}/u);
  }
});

test('problem details name their page, their code and what is wrong this time', () => {
  expect(problemDetails('notFound', 'there is no ticket 7')).toEqual({
    type: '/docs/errors#hub_104',
    title: PROBLEMS.notFound.title.en,
    status: 404,
    detail: 'there is no ticket 7',
    code: 'HUB_104',
  });
});

test('a platform may be told another status than the catalogue says', () => {
  expect(problemDetails('notGenuine', 'no signature', 403).status).toBe(403);
});
