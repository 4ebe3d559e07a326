import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moveInGrid } from './grid-keys.ts'
import { layOutGrid } from './grid-layout.ts'

const shape = { count: 17, columns: 5, pageRows: 2, isMirrored: false }
const press = (key: string, ctrlKey = false) => ({ key, ctrlKey })

test.each([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 4, 5],
  ['ArrowRight', 16, null],
  ['ArrowLeft', 0, null],
  ['ArrowLeft', 5, 4],
  ['ArrowDown', 3, 8],
  ['ArrowDown', 13, 16],
  ['ArrowDown', 15, null],
  ['ArrowUp', 3, null],
  ['ArrowUp', 8, 3],
  ['PageDown', 1, 11],
  ['PageDown', 11, 16],
  ['PageUp', 8, 3],
  ['PageUp', 13, 3],
  ['Home', 7, 5],
  ['End', 7, 9],
  ['End', 15, 16],
  ['x', 7, null],
])('%s from %d leads to %s', (key, index, next) => {
  expect(moveInGrid(press(key), index, shape)).toBe(next)
})

test('Ctrl goes to the ends, and a mirrored page mirrors the arrows', () => {
  expect(moveInGrid(press('Home', true), 7, shape)).toBe(0)
  expect(moveInGrid(press('End', true), 7, shape)).toBe(16)
  const mirrored = { ...shape, isMirrored: true }
  expect(moveInGrid(press('ArrowLeft'), 7, mirrored)).toBe(8)
  expect(moveInGrid(press('ArrowRight'), 7, mirrored)).toBe(6)
})

test('a key never leads out of the grid, and up undoes down', () => {
  const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End']
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(),
      fc.constantFrom(...keys),
      fc.boolean(),
      (count, columns, seed, key, ctrlKey) => {
        const index = seed % count
        const grid = { count, columns, pageRows: 3, isMirrored: false }
        const next = moveInGrid({ key, ctrlKey }, index, grid)
        if (next === null) return
        expect(next).toBeGreaterThanOrEqual(0)
        expect(next).toBeLessThan(count)
        if (key === 'ArrowDown' && next === index + columns) {
          expect(moveInGrid(press('ArrowUp'), next, grid)).toBe(index)
        }
      },
    ),
  )
})

test('columns fill the width and none is narrower than asked', () => {
  fc.assert(
    fc.property(fc.integer({ min: 320, max: 4000 }), (width) => {
      const { columns, cardWidth, gap } = layOutGrid(width, 140)
      expect(cardWidth).toBeGreaterThanOrEqual(140)
      expect(columns * cardWidth + (columns - 1) * gap).toBeCloseTo(width)
    }),
  )
})
