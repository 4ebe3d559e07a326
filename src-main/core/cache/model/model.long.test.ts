import { it } from 'vitest'
import { checkModel } from './test-support/model-property.ts'

it('holds what it promises when nothing goes wrong, many times', { timeout: 600_000 }, () =>
  checkModel(5_000, true),
)

it('holds what it promises whatever goes wrong, many times', { timeout: 900_000 }, () =>
  checkModel(20_000, false),
)
