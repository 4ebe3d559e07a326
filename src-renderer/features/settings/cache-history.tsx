import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../lib/format/bytes.ts'
import { formatMoment } from '../../lib/format/count.ts'
import { qualityWord } from '../../lib/items/item-words.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Panel } from './panel.tsx'
import styles from './settings.module.css'

/** Nothing vanishes without a line here. */
export function CacheHistory(): ReactNode {
  const { t } = useTranslation()
  const [now] = useState(() => Date.now())
  const { data: rows } = useCall('cache.getHistory', { limit: 30 }, { staleMs: 0 })
  if (rows === undefined) return null
  return (
    <Panel title={t('history.title')} text={t('history.text')}>
      {rows.length === 0 ? (
        <p className={styles['quiet']}>{t('history.empty')}</p>
      ) : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">{t('history.when')}</th>
              <th scope="col">{t('history.what')}</th>
              <th scope="col">{t('history.why')}</th>
              <th scope="col">{t('history.size')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.at} ${row.mediaId} ${row.quality} ${row.action}`}>
                <td>{formatMoment(row.at, now)}</td>
                <td>
                  {t(`history.action.${row.action}`)} · {row.title} {qualityWord(row.quality)}
                </td>
                <td>{row.reason}</td>
                <td>{formatBytes(row.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
