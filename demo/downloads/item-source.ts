import type { LibraryIndex } from '../library/library-index.ts'
import { subtitleFileName } from '../media/make-media.ts'
import type { MediaManifest } from '../media/media-folder.ts'
import { FONTS } from '../media/run-ffmpeg.ts'
import type { DownloadItem } from './download-item.ts'
import type { ItemSource } from './download-queues.ts'

/** The files that an item is made from; null when the library has no such part any more. */
export function itemSource(index: LibraryIndex, media: MediaManifest, item: DownloadItem): ItemSource | null {
  const part = index.playable(item.ratingKey)?.versions[item.mediaIndex]?.parts[item.partIndex]
  if (!part) return null
  const subtitle = item.plan?.burnedSubtitle ?? null
  return {
    part,
    inputPath: media.pathOf(part.fileName),
    burnedSubtitlePath: subtitle === null ? null : media.pathOf(subtitleFileName(part, subtitle)),
    font: FONTS.monoBold,
  }
}
