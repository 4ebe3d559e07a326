import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Two cores: more workers than that only make the timings of real sockets and encoders worse.
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      {
        resolve: {
          // The real package would start downloading Electron.
          alias: { electron: join(import.meta.dirname, 'src-main/shell-electron/fake/fake-electron.ts') },
        },
        test: {
          name: 'node',
          environment: 'node',
          include: ['{src-main,src-preload,demo,scripts,bench,e2e}/**/*.test.ts', '*.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'page',
          environment: 'happy-dom',
          include: ['src-renderer/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
})
