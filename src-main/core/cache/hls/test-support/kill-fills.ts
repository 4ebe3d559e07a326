import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { createHasher } from '../../store/hasher.ts'
import { makeTsSegments } from './make-segments.ts'
import { TranscodeOrigin } from './transcode-origin.ts'

const count = 60
const segments = makeTsSegments(count, 10)

interface Recorded {
  readonly seq: number
  readonly file: string
  readonly hash: Buffer
  readonly storeName: string
}

/**
 * Fills a rung in a process that is killed at random moments, then lets one finish. Whatever was recorded is never asked for again, and every byte is
 * the server's. Answers how many segments were recorded over all killed lives.
 */
export async function killFills(kills: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'spool-killed-'))
  const origin = new TranscodeOrigin(segments)
  origin.delayMs = 40
  await origin.listen()
  const script = join(import.meta.dirname, 'killed-fill.ts')
  const start = () =>
    spawn(process.execPath, [script, folder, origin.base, String(count)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  let recorded: Recorded[] = []
  try {
    for (let kill = 0; kill <= kills; kill += 1) {
      origin.requests.length = 0
      const child = start()
      const exited = once(child, 'exit')
      if (kill < kills) {
        // Sometimes before it began, mostly while it writes and syncs.
        const wanted = Math.floor(Math.random() * 12)
        while (origin.requests.length < wanted && child.exitCode === null)
          await new Promise((resolve) => setTimeout(resolve, 5))
        child.kill('SIGKILL')
      } else origin.delayMs = 0
      await exited
      const known = new Set(recorded.map(({ seq }) => seq))
      expect(origin.requests.filter(({ seq }) => known.has(seq))).toEqual([])
      recorded = recordedIn(folder)
    }
    expect(recorded).toHaveLength(count)
    await expectTheServers(folder, recorded)
    return recorded.length
  } finally {
    await origin.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function recordedIn(folder: string): Recorded[] {
  const db = new Database(join(folder, 'cache.db'))
  try {
    const sql = `SELECT s.seq, s.file, s.hash, g.store_name AS storeName FROM cache_segments s
      JOIN cache_generations g ON g.id = s.generation_id ORDER BY s.seq`
    const isThere =
      db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'cache_segments'").get() !== undefined
    return isThere ? db.prepare<[], Recorded>(sql).all() : []
  } finally {
    db.close()
  }
}

async function expectTheServers(folder: string, recorded: readonly Recorded[]): Promise<void> {
  const hasher = await createHasher()
  for (const { seq, file, hash, storeName } of recorded) {
    const bytes = readFileSync(join(folder, 'cache', storeName, file))
    expect(bytes.equals(segments[seq] ?? Buffer.of())).toBe(true)
    expect(hasher.hash(bytes, hasher.seed(storeName, seq)).equals(hash)).toBe(true)
  }
  const [{ storeName } = { storeName: '' }] = recorded
  // Nothing is left of what killed lives had not recorded.
  expect(readdirSync(join(folder, 'cache', storeName, 's'))).toHaveLength(recorded.length)
}
