import { useTranslation } from 'react-i18next'
import { qualityWord } from '../lib/items/item-words.ts'
import { useTopicListener } from '../lib/rpc/index.ts'
import { showToast } from '../ui/toast.tsx'

/** Says that copies on the disk went bad, where that is worth a word. */
export function useDamageNotice(): void {
  const { t } = useTranslation()
  useTopicListener('cache.damaged', ({ key, title, isReachable }) =>
    showToast({
      kind: 'trouble',
      text: t(isReachable ? 'damage.fetched' : 'damage.waits', {
        label: `${title} ${qualityWord(key.quality)}`,
      }),
    }),
  )
}
