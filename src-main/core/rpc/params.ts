import { z } from 'zod'
import { asMediaId, asQuality, asSourceId } from '../../../src-preload/contract/index.ts'

/** Half of a pair of UTF-16 can stand in JSON, and in no address. */
const name = (longest: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')

/** Shapes shared by the methods. What a well-formed value names is the handlers' business. */
export const sourceId = name(200).transform(asSourceId)
export const mediaId = name(500).transform(asMediaId)
/** Any name: an unknown one is `unknown-quality`, not `bad-params`. */
export const quality = name(100).transform(asQuality)
export const ratingKey = name(200)
export const sectionId = name(200)

export const none = z.strictObject({})
export const keyShape = { sourceId, mediaId, quality }
