import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ErrorPayload, MethodName, ParamsOf, ValueOf } from '../../src-preload/contract/index.ts'
import type { Demo } from './demo-process.ts'
import { startProcess } from './spool-process.ts'

interface AppReport {
  readonly app: string
  readonly rpc: string
  readonly token: string
  readonly pid: number
  readonly shell: 'browser' | 'electron'
  readonly dataDir: string
}

/** What `POST /rpc` answers. */
export type RpcOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorPayload }

/** The app as a process of its own, without a window. */
export interface App extends AppReport {
  /** The value, or an Error whose message begins with the code. */
  call<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ValueOf<M>>
  /** Value or error, as they came. */
  ask<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<RpcOutcome<ValueOf<M>>>
  stderr(): string
  stop(): Promise<{ exitCode: number | null; durationMs: number }>
  kill(): Promise<void>
  readonly hasEnded: boolean
}

export interface AppOptions {
  readonly demo: Pick<Demo, 'url' | 'token' | 'machineIdentifier'>
  readonly dataDir: string
  readonly port?: number
  /** Further environment of the process. */
  readonly env?: Readonly<Record<string, string>>
}

export async function startApp({ demo, dataDir, port = 0, env = {} }: AppOptions): Promise<App> {
  const started = await startProcess<AppReport>(
    ['src-main/browser.ts', '--headless', '--json', '--port', String(port), '--data', dataDir],
    {
      SPOOL_SERVER_URL: demo.url,
      SPOOL_SERVER_TOKEN: demo.token,
      SPOOL_SERVER_ID: demo.machineIdentifier,
      ...env,
    },
  )
  const { report } = started
  const ask = async <M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<RpcOutcome<ValueOf<M>>> => {
    const reply = await fetch(report.rpc, {
      method: 'POST',
      headers: { authorization: `Bearer ${report.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ method, params }),
    })
    return (await reply.json()) as RpcOutcome<ValueOf<M>>
  }
  return {
    ...report,
    ask,
    async call(method, params) {
      const outcome = await ask(method, params)
      if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`)
      return outcome.value
    },
    stderr: () => started.stderr(),
    stop: () => started.stop(),
    kill: () => started.kill(),
    get hasEnded() {
      return started.hasEnded
    },
  }
}

/** A data folder of its own for one test, gone afterwards. */
export function createDataDir(): AsyncDisposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'spool-e2e-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
