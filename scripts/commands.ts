import { runDemo } from './run-demo.ts'
import { runStart } from './run-start.ts'
import { ensureElectronBuild, ensureRenderer } from './set-up/ensure-build.ts'
import { ensureTools, type Tool } from './set-up/ensure-tools.ts'
import { SetUpError } from './set-up/say.mjs'
import { runProgram, runTool } from './supervise.mjs'

interface Command {
  /** Programs the machine must have. */
  readonly tools: readonly Tool[]
  /** Resolves with the exit code. */
  run(args: readonly string[]): Promise<number>
}

const vitest = 'node_modules/vitest/vitest.mjs'
const playwright = 'node_modules/@playwright/test/cli.js'
const prettier = 'node_modules/prettier/bin/prettier.cjs'

const commands: Readonly<Record<string, Command>> = {
  start: { tools: [], run: runStart },
  demo: { tools: ['ffmpeg'], run: runDemo },
  'demo:server': { tools: ['ffmpeg'], run: (args) => runProgram(['demo/server.ts', ...args]) },
  test: { tools: ['ffmpeg', 'chromium'], run: (args) => runTool(['scripts/test.ts', ...args]) },
  'test:unit': { tools: ['ffmpeg'], run: (args) => runTool([vitest, 'run', ...args]) },
  'test:e2e': {
    tools: ['ffmpeg', 'chromium'],
    run: async (args) => {
      await ensureRenderer()
      return await runTool([playwright, 'test', ...args])
    },
  },
  'test:long': {
    tools: ['ffmpeg', 'chromium'],
    run: (args) => runTool(['scripts/test.ts', '--long', ...args]),
  },
  bench: { tools: ['ffmpeg', 'chromium'], run: runBench },
  'bench:serve': { tools: [], run: (args) => runProgram(['bench/serve.ts', ...args]) },
  check: { tools: [], run: (args) => runTool(['scripts/check.ts', ...args]) },
  format: { tools: [], run: (args) => runTool([prettier, '--write', '--log-level=warn', '.', ...args]) },
  build: {
    tools: [],
    run: async () => {
      await ensureElectronBuild({ always: true })
      return 0
    },
  },
}

/** The cache, then the player; `player` or names of measures choose. */
async function runBench(args: readonly string[]): Promise<number> {
  const [part, ...names] = args
  if (part !== 'player') {
    const code = await runProgram(['bench/run.ts', ...args])
    if (code !== 0 || args.length > 0) return code
  }
  await ensureRenderer()
  return await runProgram(['bench/player/run.ts', ...names])
}

/** Runs the program behind an npm script and resolves with its exit code. Throws SetUpError when a person must act first. */
export async function runCommand(name: string, args: readonly string[]): Promise<number> {
  const command = commands[name]
  if (command === undefined)
    throw new SetUpError(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`)
  await ensureTools(command.tools)
  return await command.run(args)
}
