// The one way in for every npm script: makes sure that the packages are there, then goes on in Node 24.
// This file and the .mjs files it imports run on plain Node 20 with nothing installed: Node's own modules only.
import { ensurePackages } from './set-up/ensure-packages.mjs'
import { SetUpError } from './set-up/say.mjs'
import { runProgram } from './supervise.mjs'

const [name = '', ...args] = process.argv.slice(2)

try {
  await ensurePackages()
  if (process.versions.node.startsWith('24.')) {
    // Experimental features that Node 24 is chosen for need no announcement.
    process.removeAllListeners('warning')
    const { runCommand } = await import('./commands.ts')
    process.exitCode = await runCommand(name, args)
  } else process.exitCode = await runProgram(['scripts/spool.mjs', name, ...args])
} catch (error) {
  const message =
    error instanceof SetUpError ? error.message : String(error instanceof Error ? error.stack : error)
  if (args.includes('--json')) console.log(JSON.stringify({ error: { code: 'internal', message } }))
  console.error(message)
  process.exitCode = 1
}
