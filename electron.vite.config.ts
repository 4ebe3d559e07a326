import { defineConfig } from 'electron-vite'
import { join } from 'node:path'
import renderer from './vite.renderer.config.ts'

const at = (path: string): string => join(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      // Packages in `dependencies` stay outside the bundle: better-sqlite3 finds its binary beside itself.
      externalizeDeps: true,
      rollupOptions: { input: { electron: at('src-main/electron.ts') } },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      // A sandboxed preload is one CommonJS file and can load nothing but electron.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: at('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer,
})
