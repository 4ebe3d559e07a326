import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EMPTY_STATE, type DownloadItem, type DownloadState } from './download-item.ts'

/** Queues and finished files in a folder: a server that is started again finds them there. Made when the first order comes. */
export class DownloadStore {
  readonly folder: string
  #state: DownloadState

  constructor(folder: string) {
    this.folder = folder
    this.#state = readState(join(folder, 'queues.json'))
    this.#removeLeftovers()
  }

  get state(): DownloadState {
    return this.#state
  }

  /** One write that is there in full or not at all. */
  set(state: DownloadState): void {
    mkdirSync(this.folder, { recursive: true })
    this.#state = state
    const path = join(this.folder, 'queues.json')
    writeFileSync(`${path}.tmp`, JSON.stringify(state))
    renameSync(`${path}.tmp`, path)
  }

  pathOf({ id, run, container }: DownloadItem): string {
    return join(this.folder, `${id}-${run}.${container}`)
  }

  /** A folder for what is being encoded by this process. */
  scratchFolder(): string {
    const path = join(this.folder, `making-${process.pid}`)
    mkdirSync(path, { recursive: true })
    return path
  }

  removeFile(item: DownloadItem): void {
    rmSync(this.pathOf(item), { force: true })
  }

  /** Nothing was ordered that is still there: no reason to leave a folder. */
  removeIfEmpty(): void {
    if (this.#state.items.length === 0) rmSync(this.folder, { recursive: true, force: true })
  }

  /** What a server that was killed was in the middle of. */
  #removeLeftovers(): void {
    if (!existsSync(this.folder)) return
    for (const name of readdirSync(this.folder).filter((each) => each.startsWith('making-')))
      rmSync(join(this.folder, name), { recursive: true, force: true })
    const items = this.#state.items.map((item): DownloadItem => {
      const isUnderWay = item.status === 'deciding' || item.status === 'processing'
      return isUnderWay ? { ...item, status: 'waiting' } : item
    })
    this.set({ ...this.#state, items })
  }
}

function readState(path: string): DownloadState {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DownloadState
  } catch {
    return EMPTY_STATE
  }
}
