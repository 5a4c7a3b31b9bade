import { z } from 'zod';
import { calledUrl, field } from '../sdk/fields.js';
import { addressGuard } from './address.js';
import { closedUrls } from './called-urls.js';

const words = { en: 'x', zh: '字' };
const Settings = z.object({
  sendUrl: calledUrl(z.string().optional(), words, words),
  page: field(z.string().optional(), words, words),
  oauth: field(
    z.object({ tokenUrl: calledUrl(z.string(), words, words) }).optional(),
    words,
    words,
  ),
});

const closed = (settings: object, before: object = {}, open: readonly string[] = []) =>
  closedUrls(
    Settings,
    { settings: { ...settings }, before: { ...before } },
    addressGuard(open),
  ).map(({ field: name }) => name);

test.each([
  'http://127.0.0.1:9090/answers',
  'http://0x7f.1/answers?key={{conversation.key}}',
  'https://10.1.2.3/',
  'http://[::1]/',
  'http://localhost:9090/',
  'http://shop.localhost/',
])('%s is refused until its range is opened', (url) => {
  expect(closed({ sendUrl: url })).toEqual(['settings.sendUrl']);
  expect(closed({ sendUrl: url }, {}, ['127.0.0.0/8', '10.0.0.0/8', '::1/128'])).toEqual([]);
});

test('a public address, a name, and a page that the hub never calls are taken', () => {
  expect(closed({ sendUrl: 'https://shop.example/{{x}}', page: 'http://127.0.0.1/' })).toEqual([]);
});

test('a URL inside a section is found too', () => {
  expect(closed({ oauth: { tokenUrl: 'http://192.168.1.1/' } })).toEqual([
    'settings.oauth.tokenUrl',
  ]);
});

test('what was there before does not stand in the way of another change', () => {
  const sendUrl = 'http://127.0.0.1/';
  expect(closed({ sendUrl }, { sendUrl })).toEqual([]);
});

test('the sentence names the address, the setting and what to do, in both languages', () => {
  const form = { settings: { sendUrl: 'http://127.0.0.1/' }, before: {} };
  const [problem] = closedUrls(Settings, form, addressGuard([]));
  expect(problem?.why.en).toMatch(/127\.0\.0\.1 .*network\.allowPrivate.*start the hub again/);
  expect(problem?.why.zh).toMatch(/network\.allowPrivate.*重启/);
});
