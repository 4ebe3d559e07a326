import { expect, test } from 'vitest'
import { CATALOGUE } from '../library/catalogue.ts'
import { pictureTasks } from './picture-tasks.ts'

test('no two pictures share a file: the last one made would stand for both', () => {
  const names = pictureTasks(CATALOGUE, () => new Uint8Array()).map(({ fileName }) => fileName)
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
})
