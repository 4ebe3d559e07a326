import { type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Route, Switch, useLocation } from 'wouter'
import { DownloadsPage } from '../features/downloads/downloads-page.tsx'
import { HomePage } from '../features/home/home-page.tsx'
import { ItemPage } from '../features/item/item-page.tsx'
import { KeptPage } from '../features/kept/kept-page.tsx'
import { LibraryPage } from '../features/library/library-page.tsx'
import { SearchPage } from '../features/search/search-page.tsx'
import { SettingsPage } from '../features/settings/settings-page.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/states.tsx'
import { usePageTitle } from '../lib/page-title.ts'

export function Pages(): ReactNode {
  return (
    <Switch>
      <Route path="/" component={HomePage} />
      <Route path="/library/:sourceId/:sectionId">
        {({ sourceId, sectionId }) => (
          // Another library is another page: nothing of the former one's state stays.
          <LibraryPage key={`${sourceId}/${sectionId}`} sourceId={sourceId} sectionId={sectionId} />
        )}
      </Route>
      <Route path="/item/:sourceId/:ratingKey">
        {({ sourceId, ratingKey }) => (
          <ItemPage key={`${sourceId}/${ratingKey}`} sourceId={sourceId} ratingKey={ratingKey} />
        )}
      </Route>
      <Route path="/kept" component={KeptPage} />
      <Route path="/downloads" component={DownloadsPage} />
      <Route path="/search" component={SearchPage} />
      <Route path="/settings" component={SettingsPage} />
      <Route component={NowherePage} />
    </Switch>
  )
}

function NowherePage(): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  usePageTitle(t('nowhere.title'))
  return (
    <EmptyState action={<Button onClick={() => navigate('/')}>{t('nowhere.home')}</Button>}>
      {t('nowhere.text')}
    </EmptyState>
  )
}
