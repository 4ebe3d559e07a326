import clsx from 'clsx'
import { type ReactNode, useState } from 'react'
import { pictureUrl } from '../lib/items/item-paths.ts'
import styles from './art.module.css'

export interface ArtProps {
  /** Path on the page's origin, without a size; null when there is no picture. */
  readonly path: string | null
  /** Stands in for a missing picture. */
  readonly title: string
  /** CSS pixels to ask for. */
  readonly width: number
  readonly height: number
  /** In view from the start: not lazy. */
  readonly isFirst?: boolean
  readonly className?: string | undefined
}

/** The same title gets the same ground every time. */
function groundOf(title: string): number {
  let hash = 7
  for (const letter of title) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 100_003
  return hash % 6
}

/** A picture that fades in when it is there; decorative, because its title always stands beside it. */
export function Art({ path, title, width, height, isFirst = false, className }: ArtProps): ReactNode {
  const url = path === null ? null : pictureUrl(path, width, height, window.devicePixelRatio)
  const [failedUrl, setFailedUrl] = useState<string | null>(null)
  const isMissing = url === null || failedUrl === url
  return (
    <div className={clsx(styles['art'], className)}>
      {isMissing ? (
        <div aria-hidden className={styles['stand-in']} data-ground={groundOf(title)}>
          <span>{title}</span>
        </div>
      ) : (
        <Picture key={url} url={url} isFirst={isFirst} onFailed={() => setFailedUrl(url)} />
      )}
    </div>
  )
}

function Picture({
  url,
  isFirst,
  onFailed,
}: {
  readonly url: string
  readonly isFirst: boolean
  readonly onFailed: () => void
}): ReactNode {
  const [isLoaded, setLoaded] = useState(false)
  return (
    <img
      // A picture the browser already has must not fade in again.
      ref={(image) => {
        if (image?.complete === true && image.naturalWidth > 0) setLoaded(true)
      }}
      className={styles['picture']}
      data-loaded={isLoaded}
      src={url}
      alt=""
      loading={isFirst ? 'eager' : 'lazy'}
      decoding="async"
      draggable={false}
      onLoad={() => setLoaded(true)}
      onError={onFailed}
    />
  )
}
