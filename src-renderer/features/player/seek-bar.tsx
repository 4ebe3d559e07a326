import clsx from 'clsx'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCopiesAway } from '../../lib/items/copies-away.ts'
import { formatPosition, speakPosition } from '../../player/format-time.ts'
import { type BarSpan, chapterAt, seekLayers } from '../../player/seek-layers.ts'
import type { PlayerSnapshot } from '../../player/player-store.ts'
import { usePlayer, usePlayerState } from './player-context.tsx'
import styles from './seek-bar.module.css'

/** Servers make one picture every few seconds: asking for each millisecond would bring the same again. */
const thumbnailStepMs = 2000
const nothing: readonly never[] = []
const cachedOf = (now: PlayerSnapshot) =>
  now.stream?.complete === true || now.stats?.state === 'complete'
    ? null // all of it
    : (now.stats?.present ?? nothing)

function Spans({
  spans,
  className,
}: {
  readonly spans: readonly BarSpan[]
  readonly className: string | undefined
}) {
  return spans.map(({ start, width }) => (
    <div
      key={start}
      className={clsx(styles['span'], className)}
      style={{ left: `${start}%`, width: `${width}%` }}
    />
  ))
}

/** Where it is, what is here, what is in memory, where chapters begin; a slider for keyboard and pointer. */
export function SeekBar(): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const durationMs = usePlayerState((now) => now.durationMs)
  const positionMs = usePlayerState((now) => now.positionMs)
  const buffered = usePlayerState((now) => now.buffered)
  const kept = usePlayerState(cachedOf)
  const cached = useCopiesAway() ? nothing : kept
  const thumbnailUrl = usePlayerState((now) => now.part?.thumbnailUrl ?? null)
  const chapters = usePlayerState((now) => now.item?.chapters ?? nothing)
  const bar = useRef<HTMLDivElement>(null)
  const [hoverMs, setHoverMs] = useState<number | null>(null)
  const [dragMs, setDragMs] = useState<number | null>(null)
  const shownMs = dragMs ?? positionMs

  const layers = useMemo(
    () =>
      seekLayers({
        durationMs,
        positionMs: shownMs,
        cached: cached ?? [{ startMs: 0, endMs: durationMs }],
        buffered,
        chapters,
      }),
    [durationMs, shownMs, cached, buffered, chapters],
  )

  const msAt = (event: PointerEvent): number => {
    const box = bar.current?.getBoundingClientRect()
    if (box === undefined || box.width === 0) return 0
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * durationMs
  }
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0 || durationMs === 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setDragMs(msAt(event))
  }
  const onPointerMove = (event: PointerEvent): void => {
    const ms = msAt(event)
    setHoverMs(ms)
    if (dragMs !== null) setDragMs(ms)
  }
  const onPointerUp = (event: PointerEvent): void => {
    if (dragMs === null) return
    setDragMs(null)
    player.seekTo(msAt(event))
  }
  // Arrows belong to the player wherever the focus is; these are the slider's own.
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { Home: 0, End: durationMs, PageUp: positionMs + 60_000, PageDown: positionMs - 60_000 }[
      event.key
    ]
    if (to === undefined) return
    event.preventDefault()
    player.seekTo(to)
  }

  const percent = (ms: number): string => `${durationMs > 0 ? (ms / durationMs) * 100 : 0}%`
  const chapter = hoverMs === null ? null : chapterAt(chapters, hoverMs)
  // Half of what hangs over the bar: at its ends it stays inside.
  const edge = thumbnailUrl === null && chapter === null ? '28px' : '91px'

  return (
    <div
      ref={bar}
      dir="ltr"
      role="slider"
      tabIndex={0}
      aria-label={t('player.seek')}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)}
      aria-valuenow={Math.round(shownMs / 1000)}
      aria-valuetext={speakPosition(shownMs, durationMs)}
      className={clsx(styles['bar'], dragMs !== null && styles['dragging'])}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setDragMs(null)}
      onPointerLeave={() => setHoverMs(null)}
      onKeyDown={onKeyDown}
    >
      <div className={styles['track']}>
        <Spans spans={layers.cached} className={styles['cached']} />
        <Spans spans={layers.buffered} className={styles['buffered']} />
        <div
          className={clsx(styles['span'], styles['played'])}
          style={{ left: 0, width: `${layers.played}%` }}
        />
        {layers.ticks.map((tick) => (
          <div key={tick} className={styles['tick']} style={{ left: `${tick}%` }} />
        ))}
      </div>
      <div className={styles['thumb']} style={{ left: `${layers.played}%` }} />
      {hoverMs !== null && durationMs > 0 && (
        <div
          aria-hidden
          className={styles['hover']}
          style={{ left: `clamp(${edge}, ${percent(hoverMs)}, calc(100% - ${edge}))` }}
        >
          {thumbnailUrl !== null && (
            <img
              className={styles['picture']}
              src={`${thumbnailUrl}?at=${Math.floor(hoverMs / thumbnailStepMs) * thumbnailStepMs}`}
              alt=""
              width={160}
              height={90}
              onError={(event) => (event.currentTarget.hidden = true)}
              onLoad={(event) => (event.currentTarget.hidden = false)}
            />
          )}
          {formatPosition(hoverMs, durationMs)}
          {chapter !== null && <span className={styles['chapter']}>{chapter.title}</span>}
        </div>
      )}
    </div>
  )
}
