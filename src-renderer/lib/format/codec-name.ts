const names: Readonly<Record<string, string>> = {
  ac3: 'Dolby Digital',
  eac3: 'Dolby Digital Plus',
  dca: 'DTS',
  dts: 'DTS',
  truehd: 'Dolby TrueHD',
  hevc: 'HEVC',
  h265: 'HEVC',
  mpeg2video: 'MPEG-2',
  vc1: 'VC-1',
}

/** What people call a codec: `Dolby Digital` for `ac3`. */
export const codecName = (codec: string): string => names[codec.toLowerCase()] ?? codec.toUpperCase()
