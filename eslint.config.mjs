/** What a reader may rely on in every file. Each rule is here for a fault it prevents; none is switched off in a file. */
import tseslint from 'typescript-eslint';

const NO_ENVIRONMENT = {
  selector: [
    "MemberExpression[object.name='process'][property.name='env']",
    "VariableDeclarator[init.name='process'] Property[key.name='env']",
    "ImportDeclaration[source.value='node:process']",
  ].join(', '),
  message: 'Only src/config reads the environment: take the value as an argument.',
};
const NO_BARREL = [
  {
    selector: 'ExportAllDeclaration',
    message: 'No barrels: import from the file that defines it.',
  },
  {
    selector: 'ExportNamedDeclaration[source]',
    message: 'No barrels: import from the file that defines it.',
  },
];
const NO_ENUM = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };

/** A function fits a screen, a file one purpose. */
const SIZES = {
  'max-lines': ['error', { max: 350, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: false, skipComments: false }],
  'max-params': 'off',
  '@typescript-eslint/max-params': ['error', { max: 4 }],
  complexity: ['error', 12],
  'max-depth': ['error', 4],
};

const PLAIN = {
  eqeqeq: 'error',
  curly: ['error', 'multi-line'],
  'no-var': 'error',
  'prefer-const': 'error',
  'no-eval': 'error',
  'no-new-func': 'error',
  'no-console': 'error',
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
  'no-control-regex': 'off',
};

const TYPED = {
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
  ],
  // A method given by name loses its object; an arrow that returns nothing in particular is fine.
  '@typescript-eslint/no-confusing-void-expression': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  // The treaty's methods are asynchronous for those who need it, not for each who writes one.
  '@typescript-eslint/require-await': 'off',
  // Our objects are closures, not instances: their methods may be handed on.
  '@typescript-eslint/unbound-method': 'off',
  // [...text] is how a text is taken apart by code points.
  '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
  // The compiler's noPropertyAccessFromIndexSignature is off: both spellings read well.
  '@typescript-eslint/dot-notation': 'off',
};

export default tseslint.config(
  { ignores: ['dist/', 'data/', '.cache/', 'coverage/', 'node_modules/', '**/fixtures/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...SIZES,
      ...PLAIN,
      ...TYPED,
      'no-restricted-syntax': ['error', NO_ENUM, NO_ENVIRONMENT, ...NO_BARREL],
    },
  },
  {
    files: ['src/config/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_ENUM, ...NO_BARREL] },
  },
  {
    // The two doors: what a connector is written against, and the catalogue of connectors.
    files: ['src/sdk/index.ts', 'connectors/index.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_ENUM, NO_ENVIRONMENT] },
  },
  {
    // A describe block holds many small functions, and a test says which server it talks to.
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'no-restricted-syntax': ['error', NO_ENUM, ...NO_BARREL],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    rules: {
      ...SIZES,
      ...PLAIN,
      '@typescript-eslint/max-params': 'off',
      'max-params': ['error', 4],
    },
  },
);
