import type { ReactNode } from 'react'

/** A reel with a stretch of it played. */
export function SpoolMark(): ReactNode {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" fill="var(--accent)" aria-hidden>
      <path d="M12 1a11 11 0 1 0 11 11h-6.2A4.8 4.8 0 1 1 12 7.2z" />
      <path d="M13.6 1.1a11 11 0 0 1 9.3 9.3h-6.3a4.8 4.8 0 0 0-3-3z" opacity="0.45" />
      <circle cx="12" cy="12" r="2" />
    </svg>
  )
}
