/** The element that scrolls the page: what virtual lists measure against. */
export const scrollerId = 'pane'

export const findScroller = (): HTMLElement | null => document.getElementById(scrollerId)
