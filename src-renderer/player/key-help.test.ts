import { expect, it } from 'vitest'
import { en } from '../i18n/en.ts'
import { keyTable } from './key-commands.ts'
import { keyHelp } from './key-help.ts'

it('lists every key of the table once, under words of its own', () => {
  const caps = keyHelp().flatMap(([, each]) => each)
  for (const name of Object.keys(keyTable)) {
    if (/^\d$/.test(name)) expect(caps).toContain('0–9')
    else if (/^[a-z]$/.test(name)) expect(caps).toContain(name.toUpperCase())
  }
  for (const [topic] of keyHelp()) expect(en.help.keys).toHaveProperty(topic)
})

it('draws keys as they are on a keyboard', () => {
  const help = new Map(keyHelp())
  expect(help.get('play')).toEqual(['Space', 'K'])
  expect(help.get('seek30')).toEqual(['Shift', '←', '→'])
  expect(help.get('tenths')).toEqual(['0–9'])
  expect(help.get('leave')).toEqual(['Esc'])
})
