// electron-builder's afterPack: better-sqlite3 brings the binaries of eight platforms; one of them is needed.
const { readdirSync, rmSync, existsSync } = require('node:fs')
const { join } = require('node:path')

/** electron-builder's Arch enum, see builder-util/out/arch. */
const arches = { 1: 'x64', 3: 'arm64' }

const inArchive = 'app.asar.unpacked/node_modules/better-sqlite3/prebuilds'

/** @param {{ appOutDir: string, electronPlatformName: string, arch: number, packager: { appInfo: { productFilename: string } } }} context */
function prunePrebuilds({ appOutDir, electronPlatformName, arch, packager }) {
  // Both halves of a universal build are merged afterwards, and must be alike.
  if (appOutDir.endsWith('-temp')) return
  const isMac = electronPlatformName === 'darwin'
  const resources = isMac ? `${packager.appInfo.productFilename}.app/Contents/Resources` : 'resources'
  const folder = join(appOutDir, resources, inArchive)
  const wanted = `${electronPlatformName}-${arches[arch]}.node`
  if (!existsSync(join(folder, wanted)))
    throw new Error(`better-sqlite3 has no binary ${wanted} in ${folder}`)
  for (const name of readdirSync(folder)) if (name !== wanted) rmSync(join(folder, name))
}

module.exports = prunePrebuilds
