import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

interface Question {
  readonly title: string
  readonly body: string
  readonly confirm: string
  readonly isDanger?: boolean
}

interface Asked {
  readonly question: Question
  readonly answer: (isConfirmed: boolean) => void
}

const useAsked = create<{ readonly asked: Asked | null }>(() => ({ asked: null }))

/** Asks before something that cannot be taken back. A second question answers the first with no. */
export function askToConfirm(question: Question): Promise<boolean> {
  useAsked.getState().asked?.answer(false)
  return new Promise((resolve) => {
    const answer = (isConfirmed: boolean): void => {
      useAsked.setState({ asked: null })
      resolve(isConfirmed)
    }
    useAsked.setState({ asked: { question, answer } })
  })
}

/** Mount once. */
export function ConfirmHost(): ReactNode {
  const { t } = useTranslation()
  const asked = useAsked((state) => state.asked)
  // The words stay while the dialog fades away.
  const [shown, setShown] = useState<Question | null>(null)
  if (asked !== null && asked.question !== shown) setShown(asked.question)
  if (shown === null) return null
  return (
    <Dialog
      isOpen={asked !== null}
      onClose={() => asked?.answer(false)}
      title={shown.title}
      description={shown.body}
      actions={
        <>
          <Button onClick={() => asked?.answer(false)}>{t('cancel')}</Button>
          <Button
            variant={shown.isDanger === true ? 'danger' : 'primary'}
            onClick={() => asked?.answer(true)}
          >
            {shown.confirm}
          </Button>
        </>
      }
    />
  )
}
