import { globSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

/** Checks the layering, and that it was checked: a cruise that skips what it cannot read would find nothing wrong. */
const folders = ['src-main', 'src-preload', 'src-renderer', 'demo', 'e2e', 'scripts', 'bench']
const files = folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,mjs}`))

interface Configuration {
  readonly forbidden: IForbiddenRuleType[]
  readonly options: ICruiseOptions
}
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as Configuration

const reply = await cruise(
  files,
  { ...config.options, validate: true, ruleSet: { forbidden: config.forbidden } },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.web.json') },
)
const { modules, summary } = reply.output as ICruiseResult
const seen = new Set(modules.map((module) => module.source))
const missed = files.filter((file) => !seen.has(file))

for (const violation of summary.violations)
  console.log(`${violation.from} → ${violation.to}: ${violation.rule.name}`)
if (missed.length > 0)
  console.log(`not seen: ${missed.slice(0, 10).join(', ')} (${missed.length} of ${files.length})`)
const imports = modules.reduce((sum, module) => sum + module.dependencies.length, 0)
if (imports < files.length)
  console.log(`only ${imports} imports in ${files.length} files: they were not read`)
const isFine = summary.violations.length === 0 && missed.length === 0 && imports >= files.length
console.log(`${files.length} files, ${imports} imports, ${summary.violations.length} violations`)
process.exitCode = isFine ? 0 : 1
