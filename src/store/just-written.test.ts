import { JustWritten } from './just-written.js';
import type { Work } from './work.js';

interface Row {
  readonly id: number;
  readonly from: 'hand' | 'database';
}

const asked: number[][] = [];
function* read(ids: readonly number[]): Work<readonly Row[]> {
  asked.push([...ids]);
  yield* [];
  return ids.map((id) => ({ id, from: 'database' as const }));
}
const due = (...ids: readonly number[]): readonly { id: number }[] => ids.map((id) => ({ id }));

/** None of these asks a database anything. */
function result<T>(work: Work<T>): T {
  const { value } = work.next(undefined);
  return value as T;
}

beforeEach(() => void (asked.length = 0));

test('what is at hand is not read, what is not is, and the order is that of the ids', () => {
  const rows = new JustWritten<Row>();
  rows.keep({ id: 2, from: 'hand' }, 10);
  expect(result(rows.rowsOf(due(1, 2, 3), read))).toEqual([
    { id: 1, from: 'database' },
    { id: 2, from: 'hand' },
    { id: 3, from: 'database' },
  ]);
  expect(asked).toEqual([[1, 3]]);
});

test('each is handed out once: who comes back to a row reads what became of it', () => {
  const rows = new JustWritten<Row>();
  rows.keep({ id: 1, from: 'hand' }, 10);
  result(rows.rowsOf(due(1), read));
  expect(result(rows.rowsOf(due(1), read))).toEqual([{ id: 1, from: 'database' }]);
});

test('what is large or much is not held: it is read', () => {
  const rows = new JustWritten<Row>();
  rows.keep({ id: 1, from: 'hand' }, 9 * 1024 * 1024);
  for (let id = 2; id < 5_000; id += 1) rows.keep({ id, from: 'hand' }, 1);
  expect(result(rows.rowsOf(due(1, 2, 4_999), read)).map(({ from }) => from)).toEqual([
    'database',
    'hand',
    'database',
  ]);
});
