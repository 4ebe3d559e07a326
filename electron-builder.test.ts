import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import packageFile from './package.json' with { type: 'json' }

interface BuilderConfig {
  readonly files: readonly string[]
  readonly asar: boolean
  readonly afterPack: string
  readonly npmRebuild: boolean
  readonly electronFuses: Readonly<Record<string, boolean>>
  readonly mac: { readonly entitlements: string }
  [name: string]: unknown
}

const root = import.meta.dirname
const readConfig = (): BuilderConfig =>
  load(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as BuilderConfig

/** electron-builder's own check, the one it runs before it packs, with its own scheme.json. */
function validate(config: object): Promise<void> {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'))
  const { validateConfiguration } = builder('app-builder-lib/out/util/config/config.js') as {
    validateConfiguration(config: object, logger: { isEnabled: boolean }): Promise<void>
  }
  return validateConfiguration(config, { isEnabled: false })
}

describe('electron-builder.yml', () => {
  test('is what electron-builder understands', async () => {
    await expect(validate(readConfig())).resolves.toBeUndefined()
    await expect(validate({ ...readConfig(), asarr: true })).rejects.toThrow(/asarr/)
    await expect(validate({ ...readConfig(), mac: { target: 5 } })).rejects.toThrow(/target/)
  })

  test('closes every way to run something else than the app', () => {
    expect(readConfig().electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
      enableCookieEncryption: false,
      loadBrowserProcessSpecificV8Snapshot: false,
      resetAdHocDarwinSignature: true,
    })
  })

  test('names files that are there, and packs what the app reads', () => {
    const { files, mac, afterPack } = readConfig()
    for (const path of [mac.entitlements, afterPack])
      expect([path, existsSync(join(root, path))]).toEqual([path, true])
    expect(files).toEqual(expect.arrayContaining(['out/**', 'migrations/**', 'package.json']))
    expect(packageFile.main).toBe('out/main/electron.js')
    // electron-vite bundles everything that is not in `dependencies`.
    expect(Object.keys(packageFile.dependencies)).toEqual(['better-sqlite3'])
  })
})

describe('prune-prebuilds', () => {
  const prune = createRequire(import.meta.url)('./resources/prune-prebuilds.cjs') as (context: object) => void
  const binaries = [
    'darwin-arm64',
    'darwin-x64',
    'linux-arm64',
    'linux-x64',
    'linuxmusl-x64',
    'win32-arm64',
    'win32-x64',
  ]
  const packager = { appInfo: { productFilename: 'Spool' } }

  function packed(resources: string, names = binaries): { appOutDir: string; left: () => string[] } {
    const appOutDir = mkdtempSync(join(tmpdir(), 'spool-pack-'))
    const folder = join(appOutDir, resources, 'app.asar.unpacked/node_modules/better-sqlite3/prebuilds')
    mkdirSync(folder, { recursive: true })
    for (const name of names) writeFileSync(join(folder, `${name}.node`), '')
    return { appOutDir, left: () => readdirSync(folder) }
  }

  test.each([
    ['linux', 1, 'resources', 'linux-x64.node'],
    ['win32', 3, 'resources', 'win32-arm64.node'],
    ['darwin', 3, 'Spool.app/Contents/Resources', 'darwin-arm64.node'],
  ])('leaves the one binary of %s, arch %d', (electronPlatformName, arch, resources, expected) => {
    const { appOutDir, left } = packed(resources)
    prune({ appOutDir, electronPlatformName, arch, packager })
    expect(left()).toEqual([expected])
    rmSync(appOutDir, { recursive: true })
  })

  test('fails when the one that is needed is missing', () => {
    const { appOutDir, left } = packed('resources', ['linux-x64'])
    expect(() => prune({ appOutDir, electronPlatformName: 'win32', arch: 1, packager })).toThrow(/win32-x64/)
    expect(left()).toEqual(['linux-x64.node'])
    rmSync(appOutDir, { recursive: true })
  })

  test('the binaries it knows are those better-sqlite3 brings', () => {
    const brought = readdirSync(join(root, 'node_modules/better-sqlite3/prebuilds'))
    for (const name of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'])
      expect(brought).toContain(`${name}.node`)
  })
})
