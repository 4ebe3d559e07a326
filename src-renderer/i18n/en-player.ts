/** The player's words. */
export const enPlayer = {} as const
