import { mountApp } from './mount.ts';
import { chooseTransport } from './rpc/connect.ts';

mountApp(chooseTransport(window));
