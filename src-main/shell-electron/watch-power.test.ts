import { beforeEach, expect, test } from 'vitest'
import * as electron from './fake/fake-electron.ts'
import { watchPower } from './watch-power.ts'

beforeEach(() => electron.resetElectron())

test('the core is told when the computer sleeps and when it is back', () => {
  const heard: string[] = []
  watchPower({
    sleep: async () => void heard.push('sleep'),
    wake: () => {
      heard.push('wake')
      return Promise.reject(new Error('closing'))
    },
  })
  electron.powerMonitor.emit('suspend')
  electron.powerMonitor.emit('resume')
  expect(heard).toEqual(['sleep', 'wake'])
})
