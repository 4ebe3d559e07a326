const fullCodes = new Set<unknown>(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])

/** Whether a write failed because there is no room. */
export const isDiskFull = (error: unknown): boolean =>
  fullCodes.has((error as { code?: unknown } | null)?.code)

/** A disk that is there and does not do as it is told; of one that is not there nothing is said here. */
const faultCodes = new Set<unknown>(['EIO', 'EROFS', 'EACCES', 'EPERM'])

/** Whether the disk itself, or the right to write to it, is at fault. */
export const isDiskFault = (error: unknown): boolean =>
  faultCodes.has((error as { code?: unknown } | null)?.code)
