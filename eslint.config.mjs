import vueA11y from 'eslint-plugin-vuejs-accessibility';
import vue from 'eslint-plugin-vue';
import ts from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

const PURE = [
  'electron/shared/**/*.ts',
  'electron/base/**/*.ts',
  'electron/cluster/**/*.ts',
  'electron/grading/**/*.ts',
];
const TESTS = ['**/*.test.ts', '**/*.testing.ts', 'test/**/*.ts'];

/** In pure folders time, chance and the outside come from Context only. */
const impure = [
  ['Date', 'now', 'use Context.clock'],
  ['Math', 'random', 'use Context.rand'],
].map(([object, property, message]) => ({ object, property, message }));

export default ts.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.cache/',
      'coverage/',
      'release/',
      'test/arch/fixtures/',
      '**/generated/**',
    ],
  },
  ...ts.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-empty': 'error',
      'no-console': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['warn', { max: 400, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['electron/**/*.ts', 'app/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-properties': ['error', ...impure],
      'no-restricted-globals': [
        'error',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'queueMicrotask',
        'process',
        'Buffer',
        'performance',
        'fetch',
        'console',
        'require',
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'use Context.clock' },
        {
          selector: 'ImportDeclaration[source.value=/^node:/]',
          message: 'pure folders import nothing of Node',
        },
      ],
    },
  },
  ...vue.configs['flat/recommended'],
  ...vueA11y.configs['flat/recommended'],
  {
    files: ['app/**/*.vue'],
    languageOptions: {
      parser: vueParser,
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.vue'] },
    },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/no-v-html': 'error',
      '@typescript-eslint/no-unused-vars': 'off',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },
  {
    files: [
      'scripts/**/*.mjs',
      'test/**/*.mjs',
      'electron/host/entry-*.ts',
      'electron/main/*.ts',
      'electron/shell/**/main.ts',
      ...TESTS,
    ],
    rules: { 'no-console': 'off' },
  },
);
