import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/**
 * Both shells serve the page from the root of their origin, and a reload deep inside must find the assets.
 * electron-vite sets `./` by itself, for pages loaded from files.
 */
const rootBase: Plugin = { name: 'spool:root-base', enforce: 'post', config: () => ({ base: '/' }) }

/** How the page is built: by itself for the browser shell, as the renderer of `electron.vite.config.ts` for Electron. */
export default defineConfig({
  root: join(import.meta.dirname, 'src-renderer'),
  plugins: [react(), rootBase],
  build: {
    outDir: join(import.meta.dirname, 'out/renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    // Nothing inline: the content security policy allows only files of our own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    minify: true,
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: join(import.meta.dirname, 'src-renderer/index.html') },
  },
})
