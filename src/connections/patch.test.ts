import { z } from 'zod';
import { patched } from './patch.js';

const schema = z.object({
  name: z.string(),
  mailbox: z.object({ host: z.string(), port: z.number().default(993) }).optional(),
  template: z.unknown(),
  headers: z.record(z.string(), z.string()).default({}),
  folders: z.array(z.string()).default([]),
});
const present = {
  name: 'a',
  mailbox: { host: 'old.example', port: 143 },
  template: { to: 'x', text: 'y' },
  headers: { 'x-old': '1' },
  folders: ['INBOX', 'Spam'],
};

test('a section is changed field by field', () => {
  expect(patched(schema, present, { mailbox: { host: 'new.example' } })).toEqual({
    ...present,
    mailbox: { host: 'new.example', port: 143 },
  });
});

test.each([
  { template: { message: 'z' } },
  { headers: { 'x-new': '2' } },
  { folders: ['INBOX'] },
  { mailbox: 'none of it' },
])('what is written as a whole is replaced as a whole: %j', (change) => {
  expect(patched(schema, present, change)).toEqual({ ...present, ...change });
});

test('null takes a field away, and a section may be new', () => {
  const without = patched(schema, present, { mailbox: null });
  expect(without).not.toHaveProperty('mailbox');
  expect(patched(schema, without, { mailbox: { host: 'h' } })).toMatchObject({
    mailbox: { host: 'h' },
  });
});
