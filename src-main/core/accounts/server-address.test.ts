import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpoolError } from '../spool-error.ts'
import { serverOrigins } from './server-address.ts'

/** None for what is refused in the right way. */
function originsOf(typed: string): readonly string[] {
  try {
    return serverOrigins(typed)
  } catch (error) {
    if (error instanceof SpoolError) return []
    throw error
  }
}

describe('what people type', () => {
  it.each([
    ['192.168.1.5', 'http://192.168.1.5:32400'],
    ['  192.168.1.5 : 32400 ', 'http://192.168.1.5:32400'],
    ['nas', 'http://nas:32400'],
    ['http://host:32400/', 'http://host:32400'],
    ['HTTP://Host/web/index.html#!/', 'http://host:32400'],
    ['https://plex.example.com', 'https://plex.example.com'],
    ['https://plex.example.com:8443', 'https://plex.example.com:8443'],
    ['http://host:80', 'http://host'],
    ['host:8080/plex', 'http://host:8080'],
    ['::1', 'http://[::1]:32400'],
    ['[fd00::5]:32401', 'http://[fd00::5]:32401'],
  ])('%s is looked for at %s first', (typed, first) => expect(serverOrigins(typed)[0]).toBe(first))

  it.each(['', '   ', 'ftp://host', 'http://', 'http://user:secret@host', 'host:99999999'])(
    '%j is no address',
    (typed) => {
      expect(() => serverOrigins(typed)).toThrow(expect.objectContaining({ code: 'bad-params' }))
    },
  )

  it('is origins or one clear error, whatever it is', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.tuple(fc.constantFrom('http://', 'https://', '['), text).map((parts) => parts.join('')),
        ),
        (typed) => {
          const origins = originsOf(typed)
          expect(origins.every((origin) => new URL(origin).origin === origin)).toBe(true)
        },
      ),
    )
  })
})
