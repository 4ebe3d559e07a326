import { test as base } from '@playwright/test'
import { createDataDir, startApp, type App } from './app-process.ts'
import { startDemo, type Demo } from './demo-process.ts'

interface TestFixtures {
  /** Folder of this test's app; kept between restarts inside the test. */
  readonly dataDir: string
  /** The app on the demo server, freshly started with an empty data folder. */
  readonly app: App
  /** Starts this test's app again, after `app.stop()` or `app.kill()`; ended with the test. */
  readonly restartApp: (options?: { readonly port?: number }) => Promise<App>
}

interface WorkerFixtures {
  /** The demo server of this worker: one process, its films made once per machine. */
  readonly demoServer: Demo
}

interface DemoFixture {
  /** The demo server, reset before every test. */
  readonly demo: Demo
}

/** `page` starts blank: go to `app.app` to open Spool. */
export const test = base.extend<TestFixtures & DemoFixture, WorkerFixtures>({
  demoServer: [
    async ({}, use) => {
      const demo = await startDemo()
      await use(demo)
      await demo.stop()
    },
    { scope: 'worker', timeout: 320_000 },
  ],
  demo: async ({ demoServer }, use) => {
    await demoServer.reset()
    await use(demoServer)
    await demoServer.reset()
  },
  dataDir: async ({}, use) => {
    await using folder = createDataDir()
    await use(folder.path)
  },
  restartApp: async ({ demo, dataDir }, use, testInfo) => {
    const started: App[] = []
    await use(async (options = {}) => {
      const app = await startApp({ demo, dataDir, ...options })
      started.push(app)
      return app
    })
    for (const app of started) {
      if (!app.hasEnded) await app.stop()
      const said = app.stderr()
      if (testInfo.status !== testInfo.expectedStatus && said !== '')
        await testInfo.attach('app stderr', { body: said, contentType: 'text/plain' })
    }
  },
  app: async ({ restartApp }, use) => {
    await use(await restartApp())
  },
})

export { expect } from '@playwright/test'
