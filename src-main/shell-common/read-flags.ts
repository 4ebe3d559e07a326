import { parseArgs } from 'node:util'

/** The flags of `npm start` and, passed on, of `npm run demo`. */
export interface AppFlags {
  /** The browser shell, without a window. */
  readonly isHeadless: boolean
  /** One JSON line on stdout once the app answers. */
  readonly wantsJson: boolean
  /** Null: any free one. */
  readonly port: number | null
  /** As given; null: the platform's usual folder. */
  readonly dataDir: string | null
}

/** A mistake on the command line; its message is for the person who typed it. */
export class FlagError extends Error {
  readonly code = 'bad-params'
}

/** What a flag takes; `switch` takes nothing. */
export type FlagKind = 'switch' | 'N' | 'DIR' | 'URL' | 'false'

/** The app's own. */
export const appFlags = { headless: 'switch', json: 'switch', port: 'N', data: 'DIR' } as const

/** `ignoresOthers`: leaves alone what it does not know, as Electron's command line carries Chromium's switches too. */
export function readFlags(args: readonly string[], { ignoresOthers = false } = {}): AppFlags {
  const values = parseFlags(ignoresOthers ? knownOnly(args) : args, appFlags)
  return {
    isHeadless: values.headless === true,
    wantsJson: values.json === true,
    port: values.port === undefined ? null : readPort(values.port),
    dataDir: values.data === undefined ? null : readFolder(values.data),
  }
}

type FlagValues<Flags extends Readonly<Record<string, FlagKind>>> = {
  readonly [Name in keyof Flags]?: Flags[Name] extends 'switch' ? boolean : string
}

/** Reads these flags and no others. Throws a FlagError that names them. */
export function parseFlags<Flags extends Readonly<Record<string, FlagKind>>>(
  args: readonly string[],
  flags: Flags,
): FlagValues<Flags> {
  const kinds = Object.entries(flags)
  try {
    const options = kinds.map(([name, kind]) => [
      name,
      { type: kind === 'switch' ? ('boolean' as const) : ('string' as const) },
    ])
    return parseArgs({ args: [...args], options: Object.fromEntries(options) }).values as FlagValues<Flags>
  } catch (error) {
    const names = kinds.map(([name, kind]) => (kind === 'switch' ? `--${name}` : `--${name} ${kind}`))
    throw new FlagError(`${(error as Error).message.replace(/[.]?$/, '.')} There are ${names.join(', ')}.`, {
      cause: error,
    })
  }
}

const isSwitch = (arg: string): boolean => /^--(?:headless|json)$/.test(arg)

function knownOnly(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    if (isSwitch(arg) || /^--(?:port|data)=/.test(arg)) return [arg]
    const value = args[index + 1]
    return /^--(?:port|data)$/.test(arg) && value !== undefined ? [`${arg}=${value}`] : []
  })
}

/** An empty one would be the folder that Spool happens to be started in. */
function readFolder(text: string): string {
  if (text.trim() !== '') return text
  throw new FlagError('--data needs the name of a folder.')
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new FlagError(`--port ${text} is not a port: give a number from 0 to 65535.`)
}
