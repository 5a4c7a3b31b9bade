import ts from 'typescript';
import { isTest, textOf, typescriptUnder } from './tree.js';

const product = ['src', 'connectors', 'simulators']
  .flatMap(typescriptUnder)
  .filter((file) => !isTest(file));

function readsEnvironment(file: string): boolean {
  const tokens = withoutComments(textOf(file));
  return /\bprocess\.env\b|\{[^{}]*\benv\b[^{}]*\}=process\b|'node:process'/.test(tokens);
}

function withoutComments(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2023, true, ts.LanguageVariant.Standard, text);
  let code = '';
  while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken) code += scanner.getTokenText();
  return code;
}

test('only src/config reads the environment', () => {
  const readers = product.filter(readsEnvironment);
  expect(readers.filter((file) => !file.startsWith('src/config/'))).toEqual([]);
});
