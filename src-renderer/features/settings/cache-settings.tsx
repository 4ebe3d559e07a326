import i18next from 'i18next'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CacheStats, Settings } from '../../../src-preload/contract/index.ts'
import { formatBytes } from '../../lib/format/bytes.ts'
import { useAct, useCall } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import { askToConfirm } from '../../ui/confirm.tsx'
import { Slider } from '../../ui/slider.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import { CheckCopies } from './check-copies.tsx'
import { Panel, Setting } from './panel.tsx'
import styles from './settings.module.css'
import { limitSteps, nearestStep, parseGigabytes, toGigabytes } from './size-field.ts'
import { useSetSettings } from './use-set-settings.ts'

const leastLimit = 100_000_000

export function CacheSettings({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation()
  const { data: stats } = useCall('cache.getStats', {})
  const space = useCall('library.getSpace', {})
  const set = useSetSettings()
  const [slid, setSlid] = useState<number | null>(null)
  const shownLimit = slid ?? settings.cacheLimitBytes
  return (
    <Panel
      title={t('settings.cache')}
      {...(stats === undefined ? {} : { text: sayUse(stats, space.data?.bytesUsed ?? 0) })}
    >
      <Setting label={t('settings.limit')} hint={t('settings.limitHint')}>
        <Slider
          label={t('settings.limit')}
          min={0}
          max={limitSteps.length - 1}
          value={nearestStep(shownLimit)}
          say={(step) => formatBytes(limitSteps[step] ?? 0)}
          onChange={(step) => setSlid(limitSteps[step] ?? null)}
          onCommit={(step) => {
            set({ cacheLimitBytes: limitSteps[step] ?? settings.cacheLimitBytes })
            setSlid(null)
          }}
        />
        <SizeField
          key={shownLimit}
          label={t('settings.limit')}
          bytes={shownLimit}
          least={leastLimit}
          onSet={(cacheLimitBytes) => set({ cacheLimitBytes })}
        />
      </Setting>
      <Setting label={t('settings.reserve')} hint={t('settings.reserveHint')}>
        <SizeField
          key={settings.reserveBytes}
          label={t('settings.reserve')}
          bytes={settings.reserveBytes}
          least={0}
          onSet={(reserveBytes) => set({ reserveBytes })}
        />
      </Setting>
      <FolderSetting key={settings.cacheFolder} folder={settings.cacheFolder} />
      <RateSetting key={settings.backgroundKbps} backgroundKbps={settings.backgroundKbps} />
      <CheckCopies />
      <ClearSetting />
    </Panel>
  )
}

/** What is on the disk, in words: copies first, then what comes with them. */
function sayUse({ bytesUsed, bytesFreeOnDisk, entries, trouble }: CacheStats, besides: number): string {
  const free = formatBytes(bytesFreeOnDisk)
  const used = formatBytes(bytesUsed)
  const kept =
    bytesUsed === 0
      ? i18next.t('settings.cacheEmpty', { free })
      : trouble === 'cache-disk-missing'
        ? i18next.t('settings.cacheAway', { used })
        : i18next.t('settings.cacheNow', { used, count: entries, free })
  return besides === 0 ? kept : `${kept} ${i18next.t('settings.besides', { size: formatBytes(besides) })}`
}

function SizeField({
  label,
  bytes,
  least,
  onSet,
}: {
  readonly label: string
  readonly bytes: number
  readonly least: number
  readonly onSet: (bytes: number) => void
}): ReactNode {
  const { t } = useTranslation()
  const [text, setText] = useState(toGigabytes(bytes))
  const parsed = parseGigabytes(text, least)
  return (
    <TextField
      label={label}
      isLabelHidden
      className={styles['number']}
      unit="GB"
      inputMode="decimal"
      value={text}
      onChange={setText}
      error={parsed === null ? t('settings.notASize', { least: formatBytes(least) }) : null}
      onCommit={() => {
        if (parsed !== null && toGigabytes(parsed) !== toGigabytes(bytes)) onSet(parsed)
      }}
    />
  )
}

function FolderSetting({ folder }: { readonly folder: string }): ReactNode {
  const { t } = useTranslation()
  const [text, setText] = useState(folder)
  const act = useAct('settings.set', {
    isQuiet: true,
    onDone: () => showToast({ text: t('settings.folderLater') }),
  })
  const isChanged = text.trim() !== folder
  return (
    <Setting label={t('settings.folder')} hint={t('settings.folderHint')} isStacked>
      <TextField
        label={t('settings.folder')}
        isLabelHidden
        className={styles['wide']}
        value={text}
        onChange={(value) => {
          setText(value)
          act.reset()
        }}
        error={act.error?.code === 'bad-params' ? t('settings.notAFolder') : (act.error?.message ?? null)}
      />
      <Button disabled={!isChanged || act.isPending} onClick={() => act.mutate({ cacheFolder: text.trim() })}>
        {t('settings.use')}
      </Button>
    </Setting>
  )
}

function RateSetting({ backgroundKbps }: { readonly backgroundKbps: number | null }): ReactNode {
  const { t } = useTranslation()
  const set = useSetSettings()
  const [text, setText] = useState(backgroundKbps === null ? '' : String(backgroundKbps / 1000))
  const isNone = text.trim() === ''
  const mbps = Number(text.trim().replace(',', '.'))
  const isWrong = !isNone && !(mbps > 0 && mbps < 1_000_000)
  return (
    <Setting label={t('settings.rate')} hint={t('settings.rateHint')}>
      <TextField
        label={t('settings.rate')}
        isLabelHidden
        className={styles['number']}
        unit="Mbps"
        inputMode="decimal"
        placeholder={t('settings.noLimit')}
        value={text}
        onChange={setText}
        error={isWrong ? t('settings.notARate') : null}
        onCommit={() => {
          const next = isNone ? null : Math.round(mbps * 1000)
          if (!isWrong && next !== backgroundKbps) set({ backgroundKbps: next })
        }}
      />
    </Setting>
  )
}

function ClearSetting(): ReactNode {
  const { t } = useTranslation()
  const clear = useAct('cache.clearCache', {
    onDone: ({ freedBytes }) => showToast({ text: t('settings.cleared', { size: formatBytes(freedBytes) }) }),
  })
  const ask = async (includePinned: boolean): Promise<void> => {
    const isSure = await askToConfirm({
      title: t(includePinned ? 'settings.clearAllTitle' : 'settings.clearTitle'),
      body: t(includePinned ? 'settings.clearAllBody' : 'settings.clearBody'),
      confirm: t(includePinned ? 'settings.clearAll' : 'settings.clear'),
      isDanger: true,
    })
    if (isSure) clear.mutate({ includePinned })
  }
  return (
    <Setting label={t('settings.clearLabel')} hint={t('settings.clearHint')}>
      <Button size="small" disabled={clear.isPending} onClick={() => void ask(false)}>
        {t('settings.clear')}
      </Button>
      <Button size="small" variant="danger" disabled={clear.isPending} onClick={() => void ask(true)}>
        {t('settings.clearAll')}
      </Button>
    </Setting>
  )
}
