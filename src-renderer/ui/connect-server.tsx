import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Source } from '../../src-preload/contract/index.ts'
import { useAct } from '../lib/rpc/index.ts'
import { Button } from './button.tsx'
import styles from './connect-server.module.css'
import { TextField } from './text-field.tsx'

/** Asks for a server's address and token. Nothing is lost by a wrong entry: the fields keep what was typed. */
export function ConnectForm({ onDone }: { readonly onDone?: (source: Source) => void }): ReactNode {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [address, setAddress] = useState('')
  const [token, setToken] = useState('')
  const errorId = useId()
  const add = useAct('accounts.addServer', {
    isQuiet: true,
    onDone: (source) => {
      void queries.invalidateQueries()
      setAddress('')
      setToken('')
      onDone?.(source)
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!add.isPending) add.mutate({ address: address.trim(), token: token.trim() })
  }
  const { error } = add
  return (
    <form
      className={styles['form']}
      onSubmit={submit}
      {...(error === null ? {} : { 'aria-describedby': errorId })}
    >
      <TextField
        label={t('connect.address')}
        hint={t('connect.addressHint')}
        placeholder="192.168.1.20:32400"
        value={address}
        onChange={setAddress}
        isRequired
        inputMode="url"
        isInvalid={error !== null && error.code !== 'source-refused'}
      />
      <TextField
        label={t('connect.token')}
        hint={t('connect.tokenHint')}
        value={token}
        onChange={setToken}
        isRequired
        isSecret
        isInvalid={error?.code === 'source-refused'}
      />
      {error !== null && (
        <p id={errorId} role="alert" className={styles['error']}>
          {error.code === 'source-unreachable' ? t('connect.unreachable', { address: address.trim() }) : null}
          {error.code === 'source-refused' ? t('connect.refused') : null}
          {error.code !== 'source-unreachable' && error.code !== 'source-refused' ? error.message : null}{' '}
          <code>{error.code}</code>
        </p>
      )}
      <Button type="submit" variant="primary" disabled={add.isPending} className={styles['submit']}>
        {add.isPending ? t('connect.trying') : t('connect.go')}
      </Button>
    </form>
  )
}

/** The first page of a new Spool. */
export function ConnectServer(): ReactNode {
  const { t } = useTranslation()
  return (
    <div className={styles['page']}>
      <section className={styles['panel']} aria-labelledby="connect-title">
        <h2 id="connect-title" className={styles['title']}>
          {t('connect.title')}
        </h2>
        <p className={styles['text']}>{t('connect.text')}</p>
        <ConnectForm />
      </section>
    </div>
  )
}
