// The one way in for every npm script: makes sure that the packages are there, then goes on in Node 24.
// This file and the .mjs files it imports run on plain Node 20 with nothing installed: Node's own modules only.
import { ensurePackages } from './set-up/ensure-packages.mjs'
import { SetUpError } from './set-up/say.mjs'
import { endAll, runProgram } from './supervise.mjs'

const [name = '', ...args] = process.argv.slice(2)

// Whoever read what is said here may be gone, a script that has read its line for one: that ends nothing.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

try {
  await ensurePackages()
  if (process.versions.node.startsWith('24.')) {
    // Experimental features that Node 24 is chosen for need no announcement.
    process.removeAllListeners('warning')
    const { runCommand } = await import('./commands.ts')
    process.exitCode = await runCommand(name, args)
  } else process.exitCode = await runProgram(['scripts/spool.mjs', name, ...args])
} catch (error) {
  // What was typed wrongly says so by its code; it comes from TypeScript, which this file cannot import.
  const isMistake = error instanceof Error && 'code' in error && error.code === 'bad-params'
  const isForPeople = isMistake || error instanceof SetUpError
  const message = isForPeople ? error.message : String(error instanceof Error ? error.stack : error)
  const code = isMistake ? 'bad-params' : 'internal'
  if (args.includes('--json')) console.log(JSON.stringify({ error: { code, message } }))
  console.error(message)
  process.exitCode = 1
  // Such as a demo server that was to serve an app which did not start.
  endAll()
}
