/** The part of m3u8-parser 7 that is used here; the package ships no types. Read in its source: manifests are plain objects, anything may be absent. */
declare module 'm3u8-parser' {
  export interface M3u8ByteRange {
    readonly length?: number
    readonly offset?: number
  }
  export interface M3u8Segment {
    readonly uri?: string
    readonly duration?: number
    readonly discontinuity?: boolean
    readonly byterange?: M3u8ByteRange
    readonly map?: { readonly uri?: string; readonly byterange?: M3u8ByteRange; readonly key?: M3u8Key }
    readonly key?: M3u8Key
  }
  export interface M3u8Key {
    readonly method?: string
    readonly uri?: string
    readonly iv?: Uint32Array
  }
  export interface M3u8Variant {
    readonly uri?: string
    readonly attributes?: {
      readonly BANDWIDTH?: number
      readonly RESOLUTION?: { readonly width?: number; readonly height?: number }
    }
  }
  export interface M3u8Manifest {
    readonly endList?: boolean
    readonly playlistType?: string
    readonly targetDuration?: number
    readonly mediaSequence?: number
    readonly segments?: readonly M3u8Segment[]
    readonly playlists?: readonly M3u8Variant[]
    readonly contentProtection?: unknown
  }
  export class Parser {
    readonly manifest: M3u8Manifest
    push(chunk: string): void
    end(): void
  }
}
