/** How much larger than usual the person wants text: 1 normally, 2 at "200 %". For sizes that code counts in pixels; style sheets use rem. */
export const textScale = (): number => {
  const size = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  return Number.isFinite(size) && size > 0 ? size / 16 : 1
}
