import clsx from 'clsx'
import { Check, Play } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'wouter'
import { Art } from './art.tsx'
import styles from './card.module.css'
import { ProgressBar } from './progress-bar.tsx'

export interface CardProps {
  readonly href: string
  readonly shape: 'poster' | 'wide'
  readonly title: string
  readonly subtitle: string
  /** All of what is read out after the title, in words. */
  readonly said: string
  readonly artPath: string | null
  /** What is here in full: `720p`. */
  readonly kept: string | null
  /** Something is here, but not all of it. */
  readonly keptPart?: string | null
  /** 0–1 of what was begun. */
  readonly watched: number | null
  readonly isWatched: boolean
  /** Nothing of it plays now: its server does not answer, and nothing of it is here. */
  readonly isAway?: boolean
  /** Episodes not yet watched. */
  readonly count: number | null
  /** Plays at once; shown to the pointer. Keyboards open the page, whose first button plays. */
  readonly onPlay?: (() => void) | undefined
  readonly playLabel?: string
  readonly isFirst?: boolean
  /** For moving about with arrow keys: rows and grids are one tab stop. */
  readonly tabIndex?: number
  readonly linkProps?: Omit<ComponentProps<'a'>, 'href'>
  readonly className?: string
}

const sizes = { poster: [200, 300], wide: [320, 180] } as const

/** Art, title, and what can be known at a glance: how far watched (amber), what is here (teal). */
export function Card(props: CardProps): ReactNode {
  const { href, shape, title, subtitle, said, artPath, kept, watched, isWatched, count, linkProps } = props
  const [width, height] = sizes[shape]
  return (
    <div
      className={clsx(
        styles['card'],
        styles[shape],
        props.isAway === true && styles['away'],
        props.className,
      )}
    >
      <Link
        href={href}
        className={styles['link']}
        {...(props.tabIndex === undefined ? {} : { tabIndex: props.tabIndex })}
        {...linkProps}
      >
        <div className={styles['frame']}>
          <Art
            path={artPath}
            title={title}
            width={width}
            height={height}
            {...(props.isFirst === true ? { isFirst: true } : {})}
            className={styles['art']}
          />
          {/* What lies on artwork is dark in both themes. */}
          <div className={styles['over']} data-theme="dark">
            {count !== null && count > 0 && (
              <span aria-hidden className={styles['count']}>
                {count}
              </span>
            )}
            {isWatched && (
              <span aria-hidden className={styles['seen']}>
                <Check size={13} strokeWidth={2.5} />
              </span>
            )}
            {kept !== null ? (
              <span aria-hidden className={styles['kept']}>
                <Check size={12} strokeWidth={2.5} />
                {kept}
              </span>
            ) : (
              props.keptPart !== undefined &&
              props.keptPart !== null && (
                <span aria-hidden className={styles['kept']}>
                  {props.keptPart}
                </span>
              )
            )}
            {watched !== null && (
              <ProgressBar meaning="watched" share={watched} className={styles['progress']} />
            )}
          </div>
        </div>
        <div className={styles['words']}>
          <span dir="auto" className={styles['title']}>
            {title}
          </span>
          <span className={styles['subtitle']}>{subtitle || ' '}</span>
        </div>
        {said !== '' && <span className="said-only">{said}</span>}
      </Link>
      {props.onPlay !== undefined && (
        <button
          type="button"
          tabIndex={-1}
          data-theme="dark"
          className={styles['play']}
          aria-label={props.playLabel}
          onClick={props.onPlay}
        >
          <Play size={18} fill="currentColor" aria-hidden />
        </button>
      )}
    </div>
  )
}
