import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatMediaId, parseMediaId } from './media-id.ts'

const field = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.isWellFormed())
const address = fc.record({ ratingKey: field, versionId: field, partId: field })

it('comes back as it went', () => {
  fc.assert(
    fc.property(address, (given) => {
      expect(parseMediaId(formatMediaId(given))).toEqual(given)
    }),
  )
})

it('never names two parts', () => {
  fc.assert(
    fc.property(address, address, (a, b) => {
      const isSame = a.ratingKey === b.ratingKey && a.versionId === b.versionId && a.partId === b.partId
      expect(formatMediaId(a) === formatMediaId(b)).toBe(isSame)
    }),
  )
})

it.each(['', '1', '1:2', '1:2:', ':2:3', '1:2:3:4', '1:2:%', '%31:2:3', '1:2:3 '])('%j is none', (text) =>
  expect(parseMediaId(text)).toBeNull(),
)
