import { unknownVariables } from './variables.js';

test('what is named like a variable of ours and is none is named with the one that was meant', () => {
  expect(
    unknownVariables({ HUBBUB_PORT: '80', HUBBUB_CONFIG_DIRECTORY: 'x', HUBBUB_DATABASE: 'x' }),
  ).toEqual([
    'HUBBUB_CONFIG_DIRECTORY is set and does nothing, for there is no such variable: did you mean HUBBUB_CONFIG_DIR?',
    'HUBBUB_DATABASE is set and does nothing, for there is no such variable: did you mean HUBBUB_DATABASE_URL?',
  ]);
});

test('what resembles none is named with all there are', () => {
  const [sentence = ''] = unknownVariables({ HUBBUB_WORKERS: '8' });
  expect(sentence).toMatch(/^HUBBUB_WORKERS is set and does nothing/);
  expect(sentence).toContain('the variables are HUBBUB_PORT, HUBBUB_HOST, HUBBUB_PUBLIC_URL');
});

test('what an orchestrator sets for a service of our name, and what others are named, is left alone', () => {
  const set = {
    HUBBUB_SERVICE_HOST: '10.0.0.7',
    HUBBUB_SERVICE_PORT: '8080',
    HUBBUB_SERVICE_PORT_HTTP: '8080',
    HUBBUB_PORT_8080_TCP: 'tcp://10.0.0.7:8080',
    HUBBUB_PORT_8080_TCP_ADDR: '10.0.0.7',
    PORT: '80',
    MY_HUBBUB_PROT: 'x',
  };
  expect(unknownVariables(set)).toEqual([]);
});
