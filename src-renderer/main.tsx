import '@fontsource-variable/inter/opsz.css'
import './ui/tokens.css'
import './ui/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { applyRememberedTheme } from './app/theme.ts'
import { setUpI18n } from './i18n/setup.ts'
import { reportCapabilities } from './lib/capabilities/report-capabilities.ts'
import { connect } from './lib/rpc/index.ts'

applyRememberedTheme()
setUpI18n()

const root = document.getElementById('root')
const client = connect()
reportCapabilities(client)

if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App client={client} />
  </StrictMode>,
)
