import type { RpcClient } from '../rpc/rpc-client.ts'
import { probeCapabilities, thisEngine } from './probe.ts'

/**
 * Tells the core what this page plays, and again whenever the wire comes back: behind it may be another core. Nothing waits for it,
 * because what the last page said holds until then. For the life of the page.
 */
export function reportCapabilities(client: Pick<RpcClient, 'call' | 'onStatus' | 'status'>): void {
  const probed = probeCapabilities(thisEngine())
  const tell = async (): Promise<void> => {
    const capabilities = await probed
    // A wire that breaks meanwhile tells when it is back.
    await client
      .call('playback.setCapabilities', { agent: navigator.userAgent, capabilities })
      .catch(() => undefined)
  }
  client.onStatus((status) => {
    if (status === 'open') void tell()
  })
  if (client.status === 'open') void tell()
}
