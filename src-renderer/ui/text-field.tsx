import clsx from 'clsx'
import { type ReactNode, useId } from 'react'
import styles from './text-field.module.css'

export interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly hint?: ReactNode
  /** What is wrong with it and what to do. */
  readonly error?: string | null
  readonly isInvalid?: boolean
  readonly isRequired?: boolean
  readonly isSecret?: boolean
  readonly placeholder?: string
  readonly inputMode?: 'text' | 'url' | 'decimal' | 'numeric'
  readonly unit?: string
  readonly onCommit?: () => void
  readonly isLabelHidden?: boolean
  readonly isDisabled?: boolean
  readonly className?: string | undefined
}

export function TextField(props: TextFieldProps): ReactNode {
  const id = useId()
  const hintId = `${id}-hint`
  const isInvalid = props.isInvalid === true || (props.error !== undefined && props.error !== null)
  const hint = props.error ?? props.hint
  return (
    <div className={clsx(styles['field'], props.className)}>
      <label htmlFor={id} className={clsx(styles['label'], props.isLabelHidden === true && 'said-only')}>
        {props.label}
      </label>
      <div className={styles['box']}>
        <input
          id={id}
          className={styles['input']}
          type={props.isSecret === true ? 'password' : 'text'}
          value={props.value}
          placeholder={props.placeholder}
          inputMode={props.inputMode}
          required={props.isRequired}
          disabled={props.isDisabled}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={isInvalid || undefined}
          aria-describedby={hint === undefined || hint === null ? undefined : hintId}
          onChange={(event) => props.onChange(event.target.value)}
          onBlur={() => props.onCommit?.()}
          onKeyDown={(event) => {
            if (event.key === 'Enter') props.onCommit?.()
          }}
        />
        {props.unit !== undefined && <span className={styles['unit']}>{props.unit}</span>}
      </div>
      {hint !== undefined && hint !== null && (
        <p id={hintId} className={clsx(styles['hint'], props.error != null && styles['error'])}>
          {hint}
        </p>
      )}
    </div>
  )
}
