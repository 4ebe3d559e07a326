import clsx from 'clsx'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { letters } from './find-letter.ts'
import styles from './letter-rail.module.css'

/** Jumps by first letter. One tab stop; arrows move along it. */
export function LetterRail({
  current,
  onPick,
}: {
  readonly current: string | null
  readonly onPick: (letter: string) => void
}): ReactNode {
  const { t } = useTranslation()
  const [stop, setStop] = useState(0)
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const target = event.currentTarget.children[stop + step]
    if (step === 0 || !(target instanceof HTMLElement)) return
    event.preventDefault()
    target.focus()
  }
  return (
    <div
      role="toolbar"
      aria-orientation="vertical"
      aria-label={t('library.letters')}
      className={styles['rail']}
      onKeyDown={onKeyDown}
    >
      {letters.map((letter, index) => (
        <button
          key={letter}
          type="button"
          tabIndex={index === stop ? 0 : -1}
          aria-label={letter === '#' ? t('library.noLetter') : letter}
          className={clsx(styles['letter'], letter === current && styles['current'])}
          {...(letter === current ? { 'aria-current': true as const } : {})}
          onFocus={() => setStop(index)}
          onClick={() => onPick(letter)}
        >
          {letter}
        </button>
      ))}
    </div>
  )
}
