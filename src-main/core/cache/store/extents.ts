import { mediaFileName } from './media-file-name.ts'

/** All of a generation in one file, with holes where nothing was fetched yet. */
export const wholeFile = Number.MAX_SAFE_INTEGER

/** Where files cannot have holes, or parts of a film must go while it plays. A multiple of every chunk size; FAT takes files of this size. */
export const usualExtentBytes = 64 * 1024 * 1024

export interface ExtentChoice {
  /** The volume keeps holes without filling them. */
  readonly isSparse: boolean
  readonly totalBytes: number | null
  /** What the cache may hold. */
  readonly limitBytes: number
}

/**
 * How a new generation is cut into files. One file where that can have holes; pieces where it cannot, and for what takes more than half of
 * the cache: it could never be whole beside anything else, so what was played of it has to go piece by piece.
 */
export function chooseExtentBytes({ isSparse, totalBytes, limitBytes }: ExtentChoice): number {
  const isSmall = totalBytes !== null && totalBytes <= limitBytes / 2
  return isSparse && isSmall ? wholeFile : usualExtentBytes
}

/** Name of the file with the bytes from `index * extentBytes` on, in the generation's folder. */
export function extentFileName(index: number, extentBytes: number, mime: string): string {
  return extentBytes === wholeFile ? mediaFileName(mime) : `x${String(index).padStart(8, '0')}.dat`
}

/** The number in such a name; null when it is another file. */
export function extentIndex(name: string): number | null {
  const digits = /^x(\d{8})\.dat$/.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}
