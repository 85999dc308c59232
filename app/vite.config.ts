import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/** `--mode fake` builds the development page, which runs against a fake host inside the page. */
export default defineConfig(({ mode }) => ({
  root: here,
  base: './',
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: mode === 'fake' ? '../.cache/app-fake' : '../dist/app',
    emptyOutDir: true,
    target: 'chrome120',
    // Everything is loaded from the same machine; a preload helper would only add inline code.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: `${here}${mode === 'fake' ? 'dev.html' : 'index.html'}` },
  },
}));
