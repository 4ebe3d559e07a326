const fullCodes = new Set<unknown>(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])

/** Whether a write failed because there is no room. */
export const isDiskFull = (error: unknown): boolean =>
  fullCodes.has((error as { code?: unknown } | null)?.code)
