// node --import register.mjs dist/main/main.mjs: `import 'electron'` gets the shim.
import { registerHooks } from 'node:module';

const shim = new URL('./shim/electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) => next(specifier === 'electron' ? shim : specifier, context),
});
