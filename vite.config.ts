// Builds the page into dist/: static files that any host serves from any sub-path. The engine is a chunk of its own (the Web
// Worker's), the charts another; the built page carries a strict content security policy.

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  // Positions and sizes are set as styles of elements, by React Flow and by us.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Only in the built page: the development server needs inline scripts and a socket. */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
};

const DECLARED = /(\.declaration|nodes[\\/]declarations|nodes[\\/]declare|link-fields)\.ts$/;

export default defineConfig({
  base: './',
  plugins: [react(), contentSecurityPolicy],
  server: { host: '127.0.0.1', open: false },
  preview: { host: '127.0.0.1', open: false },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What all kinds declare is alike and packs best in one piece; without this every late chunk that needs one of them splits it off.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'declared', test: DECLARED }] } } },
  },
});
