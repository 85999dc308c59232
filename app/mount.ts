import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { z } from 'zod';
import AppRoot from './app-root.vue';
import { reportBug } from './composables/report-bug.ts';
import { makeI18n } from './i18n/i18n.ts';
import type { OpenChannel } from './rpc/interface.ts';
import { useConnection } from './stores/connection.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/overlay.css';

/** Puts the app into `#app` and connects it to a host. */
export function mountApp(open: OpenChannel): void {
  // The page's policy forbids code from text; without this zod would try, and be reported.
  z.config({ jitless: true });
  const app = createApp(AppRoot);
  const pinia = createPinia();
  app.use(pinia);
  app.use(makeI18n('en'));
  app.config.errorHandler = (error, _instance, info) => reportBug(`in ${info}`, error);
  app.mount('#app');
  useConnection(pinia).start(open);
}
