/** The files of which there is a list, for peers that look before they fetch: `/<size in MiB>/<purpose>-<number>.bin`. */
export const listed: Readonly<Record<string, { readonly purpose: string; readonly count: number }>> = {
  '1024': { purpose: 'film', count: 4 },
  '8': { purpose: 'short', count: 24 },
  '256': { purpose: 'watch', count: 4 },
}

const page = (names: readonly string[]): string =>
  `<html><body>${names.map((name) => `<a href="${name}">${name}</a>`).join('\n')}</body></html>`

/** Null: no such folder. */
export function listing(path: string): string | null {
  if (path === '/') return page(Object.keys(listed).map((size) => `${size}/`))
  const folder = listed[path.replaceAll('/', '')]
  if (folder === undefined) return null
  return page(Array.from({ length: folder.count }, (_, index) => `${folder.purpose}-${index}.bin`))
}
