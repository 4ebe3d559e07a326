import type { z } from 'zod'
import { SpoolError } from './spool-error.ts'

/** What a failed check says to a person: which parameter is wrong and how, such as `limit: Too big…; sort: …`. */
export function badParams(error: z.ZodError): SpoolError {
  const detail = error.issues
    .slice(0, 4)
    .map((issue) => {
      const path = issue.path.map(String).join('.')
      return path === '' ? issue.message : `${path}: ${issue.message}`
    })
    .join('; ')
    .slice(0, 500)
  return new SpoolError('bad-params', { detail })
}
