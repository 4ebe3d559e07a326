import { expect, test } from 'vitest'
import { defaultDataDir } from './default-data-dir.ts'
import { FlagError, appFlags, parseFlags, readFlags } from './read-flags.ts'

test('reads every flag, in both spellings', () => {
  expect(readFlags([])).toEqual({ isHeadless: false, wantsJson: false, port: null, dataDir: null })
  expect(readFlags(['--headless', '--json', '--port', '4870', '--data=/tmp/x'])).toEqual({
    isHeadless: true,
    wantsJson: true,
    port: 4870,
    dataDir: '/tmp/x',
  })
})

test.each([
  ['--port', 'x'],
  ['--port', '65536'],
  ['--port', '-1'],
  ['--port', '1e3'],
  ['--prot', '1'],
  ['--data'],
  ['--data', ''],
  ['file'],
])('says what is wrong with %s %s', (...args) => expect(() => readFlags(args)).toThrow(FlagError))

test('names the flags there are, those of a program around it too', () => {
  const more = { ...appFlags, server: 'URL' } as const
  expect(parseFlags(['--server', 'x', '--json'], more)).toEqual({ server: 'x', json: true })
  expect(() => parseFlags(['--bogus'], more)).toThrow(
    /'--bogus'.* There are --headless, --json, --port N, --data DIR, --server URL[.]$/,
  )
})

test('finds its own among those of others', () => {
  const args = [
    '--no-sandbox',
    '--data',
    '/tmp/x',
    '-psn_0_1',
    '--json',
    'spool-open://item',
    '--port=1',
    '--data',
  ]
  expect(readFlags(args, { ignoresOthers: true })).toEqual({
    isHeadless: false,
    wantsJson: true,
    port: 1,
    dataDir: '/tmp/x',
  })
})

test('keeps data where each system keeps it', () => {
  const at = (platform: NodeJS.Platform, env: Record<string, string> = {}): string =>
    defaultDataDir('spool', { platform, homeDir: '/home/ann', env })
  expect(at('linux')).toBe('/home/ann/.local/share/spool')
  expect(at('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/spool')
  expect(at('darwin')).toBe('/home/ann/Library/Application Support/spool')
  expect(at('win32', { APPDATA: '/roaming' })).toBe('/roaming/spool')
})
