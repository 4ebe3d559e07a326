import { expect, test } from 'vitest'
import { DEFAULT_CONTROL } from './control/control.ts'
import { readDemoFlags } from './read-flags.ts'

test('nothing is needed, and everything can be said', () => {
  expect(readDemoFlags([])).toEqual({
    isJson: false,
    wantsHelp: false,
    port: 0,
    control: DEFAULT_CONTROL,
    downloadsFolder: null,
  })
  const args = '--json --port 4000 --serving false --latency-ms 0 --mbps 0.5 --downloads /tmp/x'.split(' ')
  expect(readDemoFlags(args)).toEqual({
    isJson: true,
    wantsHelp: false,
    port: 4000,
    control: { ...DEFAULT_CONTROL, serving: false, latencyMs: 0, mbps: 0.5 },
    downloadsFolder: '/tmp/x',
  })
})

test.each([
  ['--port', 'seven'],
  ['--port', '99999'],
  ['--port', '1.5'],
  ['--serving', 'banana'],
  ['--mbps', '0'],
  ['--mbps', '-1'],
  ['--mbps=-1', ''],
  ['--mbps', 'Infinity'],
  ['--latency-ms', '1e3x'],
  ['--latency-ms', ''],
  ['--nope', '1'],
  ['--json', 'more'],
])('%s %s is a mistake, said in one line', (...args) => {
  expect(() => readDemoFlags(args)).toThrow(RangeError)
  expect(() => readDemoFlags(args)).toThrow(/^[^\n]*[.]$/)
})
