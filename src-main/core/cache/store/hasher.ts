import xxhash from 'xxhash-wasm'

/** xxh64, for telling damage: not a defence against anybody who wants to deceive. */
export interface Hasher {
  /** A seed that names a place, so that right bytes in the wrong place fail too. */
  seed(storeName: string, piece: number | string): bigint
  hash(data: Uint8Array, seed: bigint): Buffer
  /** The same over pieces in order. */
  start(seed: bigint): RunningHash
}

export interface RunningHash {
  update(data: Uint8Array): void
  digest(): Buffer
}

const toBytes = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

let loading: ReturnType<typeof xxhash> | null = null

export async function createHasher(): Promise<Hasher> {
  loading ??= xxhash()
  const xx = await loading
  return {
    seed: (storeName, piece) => xx.h64(`${storeName}/${piece}`),
    hash: (data, seed) => toBytes(xx.h64Raw(data, seed)),
    start(seed) {
      const running = xx.create64(seed)
      return { update: (data) => void running.update(data), digest: () => toBytes(running.digest()) }
    },
  }
}
