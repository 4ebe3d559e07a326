import { useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Source } from '../../../src-preload/contract/index.ts'
import { useAct, useCall } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import { askToConfirm } from '../../ui/confirm.tsx'
import { ConnectForm } from '../../ui/connect-server.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { showToast } from '../../ui/toast.tsx'
import { ConnectionChoice } from './connection-choice.tsx'
import { Panel } from './panel.tsx'
import styles from './settings.module.css'

export function Servers(): ReactNode {
  const { t } = useTranslation()
  const { data: sources } = useCall('library.getSources', {})
  const [isAdding, setAdding] = useState(false)
  return (
    <Panel title={t('settings.servers')}>
      {(sources ?? []).map((source) => (
        <Server key={source.sourceId} source={source} />
      ))}
      {sources?.length === 0 && <p className={styles['quiet']}>{t('settings.noServers')}</p>}
      <div className={styles['server']}>
        <Button size="small" icon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {t('settings.addServer')}
        </Button>
      </div>
      <Dialog
        isOpen={isAdding}
        onClose={() => setAdding(false)}
        title={t('connect.title')}
        description={t('connect.text')}
      >
        <div className={styles['connect-dialog']}>
          <ConnectForm
            onDone={(source) => {
              setAdding(false)
              showToast({ text: t('connect.done', { name: source.name }) })
            }}
          />
        </div>
      </Dialog>
    </Panel>
  )
}

function Server({ source }: { readonly source: Source }): ReactNode {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const remove = useAct('accounts.removeServer', { onDone: () => void queries.invalidateQueries() })
  const ask = async (): Promise<void> => {
    const isSure = await askToConfirm({
      title: t('settings.removeServerTitle', { name: source.name }),
      body: t('settings.removeServerBody'),
      confirm: t('settings.removeServer'),
      isDanger: true,
    })
    if (isSure) remove.mutate({ sourceId: source.sourceId })
  }
  return (
    <div className={styles['server']}>
      <span aria-hidden className={styles['dot']} data-away={source.connection === 'offline'} />
      <div className={styles['words']}>
        <p className={styles['label']}>{source.name}</p>
        <p className={styles['hint']}>{t(`connectionLong.${source.connection}`)}</p>
      </div>
      <ConnectionChoice source={source} />
      <Button
        size="small"
        variant="quiet"
        aria-label={t('settings.removeServerNamed', { name: source.name })}
        onClick={() => void ask()}
      >
        {t('settings.removeServer')}
      </Button>
    </div>
  )
}
