import { loadConfig } from '../config/load.js';
import { typed, withoutPassword } from './typed.js';

const address = (password: string): string => `postgres://hubbub:${password}@db:5432/hub`;

test.each(['geheim', 'Zk3vQ9xw==', 'ge^heim|1', 'p@ss', 'a:b', 'a%3Db', '口令'])(
  'a command to copy leaves the password %j to the person',
  (password) => {
    const loaded = loadConfig({ HUBBUB_DATABASE_URL: address(password) });
    const command = typed(loaded, 'connections list');
    expect(command).toContain(`HUBBUB_DATABASE_URL='${address('…')}' `);
    expect(command).not.toContain(password);
  },
);

test.each([
  ['postgres://db:5432/hub', 'postgres://db:5432/hub'],
  ['postgres://hubbub@db:5432/hub', 'postgres://hubbub@db:5432/hub'],
  ['postgres://db/hub?user=hubbub&password=geheim', 'postgres://db/hub?user=hubbub&password=…'],
])('an address without a password in front, %s, is shown as %s', (given, shown) => {
  expect(withoutPassword(given)).toBe(shown);
});
