/** The build of hls.js without alternate audio, DRM and its own subtitles: the core hands out one rendition. It ships without types. */
declare module 'hls.js/light' {
  export { default } from 'hls.js'
  export * from 'hls.js'
}
