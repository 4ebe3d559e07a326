import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as electron from './fake-electron.ts'

/**
 * Runs what `npm run build` has made as Electron would run it, in plain Node: `node run-built-app.ts <args of Electron>`. Prints what
 * the page at `spool://app/` is made of, quits, and ends with the app's exit code.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('fake-electron.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
})

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
const get = async (path: string): Promise<Response> => {
  const handler = electron.told.protocolHandlers.get('spool')
  if (!handler) throw new Error('nothing answers at spool://')
  return await handler(new Request(`spool://app${path}`))
}

process.argv.splice(1, 1)
const appDir = electron.app.getAppPath()
const { main } = JSON.parse(readFileSync(join(appDir, 'package.json'), 'utf8')) as { main: string }
await import(pathToFileURL(join(appDir, main)).href)
await until(() => electron.told.windows.length > 0 || electron.told.exitCode !== null)
if (electron.told.exitCode !== null) process.exit(electron.told.exitCode)

const page = await get('/')
const scripts = [...(await page.text()).matchAll(/ src="(?<path>[^"]+)"/g)].map(
  (match) => match.groups?.['path'] ?? '',
)
const statuses = await Promise.all(scripts.map(async (path) => (await get(path)).status))
const preload = electron.told.windows[0]?.options.webPreferences?.preload ?? ''
const preloadBytes = readFileSync(preload).byteLength
process.stdout.write(`built ${JSON.stringify({ page: page.status, scripts: statuses, preloadBytes })}\n`)
electron.app.quit()
await until(() => electron.told.hasQuit)
process.exit(0)
