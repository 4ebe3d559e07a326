// The layering of ARCHITECTURE.md: renderer → contract ← rpc → services → base; shells → core; nothing imports a shell.
const tests = '([.]test[.]tsx?$|/test-support/|/crash/|/fake/)'
/** A rule whose `from` leaves out tests, which may reach for what they measure with. */
const forbid = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { pathNot: tests, ...from },
  to,
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'contract-imports-nothing',
      severity: 'error',
      from: { path: '^src-preload/contract/' },
      to: { pathNot: '^src-preload/contract/' },
    },
    forbid('base-imports-nothing', { path: '^src-main/core/base/' }, { pathNot: '^src-main/core/base/' }),
    forbid(
      'core-knows-no-shell',
      { path: '^src-main/core/' },
      {
        path: '^(src-main/(shell-|[^/]+[.]ts$)|src-renderer/|src-preload/index[.]ts$|demo/|e2e/|scripts/|bench/)',
      },
    ),
    {
      name: 'core-knows-no-page',
      severity: 'error',
      from: { path: '^src-main/core/' },
      to: { path: '^node_modules/(react|react-dom|electron|zustand|hls[.]js)/' },
    },
    forbid(
      'only-shell-electron-imports-electron',
      {
        path: '^(src-main|src-renderer|demo|scripts|e2e)/',
        pathNot: `^src-main/(shell-electron/|electron[.]ts$)|${tests}`,
      },
      { path: '^node_modules/electron/' },
    ),
    forbid(
      'services-do-not-know-rpc',
      {
        path: '^src-main/core/',
        pathNot: `^src-main/core/(rpc/|create-core[.]ts$)|${tests}`,
      },
      { path: '^src-main/core/rpc/' },
    ),
    forbid(
      'only-the-rpc-and-the-composition-know-everything',
      { path: '^src-main/core/(cache|plex|db)/' },
      {
        path: '^src-main/core/(rpc|library|accounts|settings|playback|media)/',
        pathNot: '(/media-id|-port)[.]ts$',
      },
    ),
    forbid(
      'the-cache-knows-no-plex',
      { path: '^src-main/core/cache/' },
      { path: '^src-main/core/plex/' },
      'bytes come through the MediaUpstream port',
    ),
    forbid(
      'shells-are-entered-from-outside-only',
      {
        path: '^(src-main/(core|shell-)|src-renderer|src-preload)',
        pathNot: `^src-main/shell-(browser|common)/|${tests}`,
      },
      { path: '^src-main/shell-browser/' },
    ),
    forbid(
      'nobody-imports-shell-electron',
      { path: '.', pathNot: `^src-main/(shell-electron/|electron[.]ts$)|${tests}` },
      { path: '^src-main/shell-electron/' },
    ),
    forbid(
      'page-knows-only-the-contract',
      { path: '^src-renderer/' },
      { path: '^(src-main|src-preload/(?!contract/)|demo|e2e|scripts|bench)' },
    ),
    {
      name: 'page-runs-in-a-browser',
      severity: 'error',
      comment: 'zod: its JIT needs what the content security policy forbids',
      from: { path: '^src-renderer/', pathNot: tests },
      to: { path: '^node_modules/(zod|undici|better-sqlite3|ws|pino|hono)/' },
    },
    forbid(
      'features-do-not-import-each-other',
      { path: '^src-renderer/features/([^/]+)/' },
      { path: '^src-renderer/features/([^/]+)/', pathNot: '^src-renderer/features/$1/' },
    ),
    forbid('demo-stands-alone', { path: '^demo/' }, { path: '^(src-main|src-renderer|src-preload|e2e)/' }),
    forbid('product-needs-no-demo', { path: '^(src-main|src-renderer|src-preload)/' }, { path: '^demo/' }),
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: '^node_modules/' },
    // Type-only imports are dependencies too: layers are about knowing, not only about running.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.web.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    exclude: { path: '^(out|dist)/' },
  },
}
