import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// `npm run test:long` runs what takes minutes, and nothing else.
const isLong = process.env['SPOOL_LONG'] === '1'
const longTests = '**/*.long.test.ts'
/** Whatever reads, writes, kills or crashes byte-range entries. */
const extentTests = [
  'src-main/core/cache/{file,model,verify}/*.test.ts',
  'src-main/core/cache/crash/crash.test.ts',
  'src-main/core/cache/{file-cache,recovery}.test.ts',
  'src-main/core/media/storm.test.ts',
]

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
        // Once more with every file cut into small extents, as on volumes without sparse files.
        test: {
          name: 'extents',
          environment: 'node',
          env: { SPOOL_TEST_EXTENT_BYTES: String(2 * 1024 * 1024) },
          include: isLong ? ['src-main/core/cache/model/*.long.test.ts'] : extentTests,
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
