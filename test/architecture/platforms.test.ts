import { platformsNamed } from './platforms.js';
import { foldersIn, isTest, textOf, typescriptUnder } from './tree.js';

const connectors = foldersIn('connectors');
const core = typescriptUnder('src').filter((file) => !isTest(file) && file !== 'src/main.ts');

describe('the core knows no platform', () => {
  test('no identifier, string or regular expression of src/ names one', () => {
    expect(core.flatMap((file) => platformsNamed(file, textOf(file), connectors))).toEqual([]);
  });

  test('the search finds what it is looking for', () => {
    const text = [
      "if (channel === 'email') sendMail();",
      "switch (connection.connector) { case 'webhook': break; }",
      'const openWeChatWindow = 48;',
      'log(`asked Twilio ${sid}`);',
      "const name = '微信公众号';",
      'const cue = /\\b(?:phone|whatsapp)\\b/;',
    ].join('\n');
    expect(platformsNamed('x.ts', text, ['email', 'webhook'])).toEqual([
      "x.ts:1 decides by a connector's name",
      "x.ts:2 decides by a connector's name",
      'x.ts:3 names wechat',
      'x.ts:4 names twilio',
      'x.ts:5 names 微信',
      'x.ts:6 names whatsapp',
    ]);
  });

  test('a comment, a kind of handle and a longer word are not platforms', () => {
    const text = [
      '// Twilio answers 429 here.',
      "if (identity.kind === 'email') fold();",
      "const asmsg = 'a webhook was refused';",
    ].join('\n');
    expect(platformsNamed('x.ts', text, ['email', 'webhook'])).toEqual([]);
  });
});
