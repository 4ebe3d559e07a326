import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** The flags of `npm run bench:serve`. */
export interface ServeFlags {
  /** Address of the server behind, without a slash at its end. */
  readonly origin: string
  /** 0: any free one. */
  readonly port: number
  /** Absolute; null: a folder that is removed at the end. */
  readonly dataDir: string | null
  readonly limitBytes: number
  /** Whether more than a little is fetched ahead of who reads. */
  readonly prefetches: boolean
}

const usage = 'npm run bench:serve -- --origin URL [--port N] [--data DIR] [--limit BYTES] [--no-prefetch]'

/** Throws an Error with a sentence for who typed it. */
export function readServeFlags(args: readonly string[]): ServeFlags {
  const values = parse(args)
  const origin = values.origin?.replace(/\/+$/, '') ?? ''
  if (!URL.canParse(origin) || !/^https?:$/.test(new URL(origin).protocol))
    throw new Error(`--origin needs the address of an HTTP server. ${usage}`)
  if (values.data?.trim() === '') throw new Error(`--data needs the name of a folder. ${usage}`)
  return {
    origin,
    port: number('port', values.port ?? '0', 65_535),
    dataDir: values.data === undefined ? null : resolve(values.data),
    limitBytes: number('limit', values.limit ?? String(10 ** 12), Number.MAX_SAFE_INTEGER),
    prefetches: values['no-prefetch'] !== true,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        origin: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        limit: { type: 'string' },
        'no-prefetch': { type: 'boolean' },
      },
    }).values
  } catch (error) {
    const [what = ''] = (error as Error).message.split('\n')
    throw new Error(`${what.replace(/[.]?$/, '.')} ${usage}`, { cause: error })
  }
}

function number(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  throw new Error(`--${name} ${text} is not a number up to ${most}. ${usage}`)
}
