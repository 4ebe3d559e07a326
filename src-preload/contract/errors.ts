/** Every error a caller of the core can meet. Closed: a new code needs a sentence below and a line in the changelog. */
export const errorCodes = [
  'unknown-source',
  'unknown-media',
  'unknown-quality',
  'quality-above-source',
  'source-unreachable',
  'source-refused',
  'not-allowed',
  'over-limit',
  'source-busy',
  'ended-by-server',
  'unplayable',
  'disk-full',
  'cache-disk-missing',
  'database-damaged',
  'bad-playlist',
  'bad-reply',
  'part-missing',
  'bad-token',
  'unknown-method',
  'bad-params',
  'cancelled',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** How an error travels: over RPC in full, on media URLs as the `X-Spool-Error: <code>` header. */
export interface ErrorPayload {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
}

/** What happened and what to do next, for people. The core appends details (names, sizes) where it knows them. */
export const errorSentences: Readonly<Record<ErrorCode, string>> = {
  'unknown-source': 'This server is not one Spool knows. Add it in Settings.',
  'unknown-media': 'The server no longer has this title. What is there now is in its library.',
  'unknown-quality': 'This is not a quality Spool can make. Pick one from the quality menu.',
  'quality-above-source': 'The original is smaller than this quality. Pick Original or a lower one.',
  'source-unreachable':
    'The server does not answer. Check that it is running and on your network; what is on this computer still plays.',
  'source-refused': 'The server refused the request. Check the access token in Settings.',
  'not-allowed':
    'The server does not let this account play this. Ask its owner, or play what is on this computer.',
  'over-limit': 'The server does not send this much over this connection. Pick a lower quality.',
  'source-busy':
    'The server is busy and made nothing of this. Try again in a moment, or pick another quality.',
  'ended-by-server': 'The server ended this playback.',
  unplayable: 'This title cannot be played here. Try another quality or version.',
  'disk-full': 'The disk is full. Free some space or lower the cache limit; playing goes on without keeping.',
  'cache-disk-missing': 'The cache disk is not connected. Connect it, or pick another folder in Settings.',
  'database-damaged':
    'A Spool database was damaged and has been set aside. The media files are untouched; Spool started a new one.',
  'bad-playlist': 'The server sent a playlist that cannot be read. Try again, or pick another quality.',
  'bad-reply': 'The server sent something that is not the media asked for. Try again in a moment.',
  'part-missing':
    'The server does not send this part of the title. Pick another quality, or begin again further on.',
  'bad-token': 'This address has expired or was copied wrongly. Ask Spool for a new one.',
  'unknown-method': 'This version of Spool does not know that request. Update Spool or the script.',
  'bad-params': 'The request is not complete or not well formed. Check its parameters.',
  cancelled: 'Cancelled.',
  internal: 'Something went wrong inside Spool. Nothing was lost; try again.',
}
