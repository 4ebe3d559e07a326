import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// `npm run test:long` runs what takes minutes, and nothing else.
const isLong = process.env['SPOOL_LONG'] === '1'
const longTests = '**/*.long.test.ts'

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
          include: isLong
            ? [`{src-main,demo}/${longTests}`]
            : ['{src-main,src-preload,demo,scripts,bench,e2e}/**/*.test.ts', '*.test.ts'],
          exclude: ['**/node_modules/**', ...(isLong ? [] : [longTests])],
          testTimeout: isLong ? 300_000 : 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'page',
          environment: 'happy-dom',
          include: isLong ? [] : ['src-renderer/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
})
