import { parseArgs } from 'node:util'
import { changeControl, DEFAULT_CONTROL, type ControlState } from './control/control.ts'

/** What the demo server is started with. */
export interface DemoFlags {
  readonly isJson: boolean
  readonly wantsHelp: boolean
  /** 0: any free one. */
  readonly port: number
  readonly control: ControlState
  /** Where finished downloads are kept; null: in a temporary folder. */
  readonly downloadsFolder: string | null
}

/** All of them, as they are typed. */
export const demoFlagNames =
  '--json, --port N, --serving false, --latency-ms N, --mbps N, --downloads DIR, --help'

/** Reads the command line. Throws a RangeError with a sentence for who typed it. */
export function readDemoFlags(args: readonly string[]): DemoFlags {
  const values = parse(args)
  const { serving, mbps, 'latency-ms': latencyMs } = values
  if (serving !== undefined && serving !== 'true' && serving !== 'false')
    throw new RangeError(`--serving ${serving} is neither true nor false.`)
  return {
    isJson: values.json === true,
    wantsHelp: values.help === true,
    port: values.port === undefined ? 0 : readPort(values.port),
    control: changeControl(DEFAULT_CONTROL, {
      serving: serving !== 'false',
      ...(latencyMs === undefined ? {} : { latencyMs: readNumber('latency-ms', latencyMs, 'ms, 0 or more') }),
      ...(mbps === undefined ? {} : { mbps: readNumber('mbps', mbps, 'Mbit/s, above 0') }),
    }),
    downloadsFolder: values.downloads ?? null,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        port: { type: 'string' },
        serving: { type: 'string' },
        'latency-ms': { type: 'string' },
        mbps: { type: 'string' },
        downloads: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    const [what = ''] = (error as Error).message.split('\n')
    throw new RangeError(`${what.replace(/[.]?$/, '.')} There are ${demoFlagNames}.`, { cause: error })
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new RangeError(`--port ${text} is not a port: give a number from 0 to 65535.`)
}

function readNumber(flag: 'latency-ms' | 'mbps', text: string, what: string): number {
  const number = Number(text)
  const isGood = /^\d*\.?\d+$/.test(text) && Number.isFinite(number) && (number > 0 || flag === 'latency-ms')
  if (isGood) return number
  throw new RangeError(`--${flag} ${text} is no number of ${what}.`)
}
