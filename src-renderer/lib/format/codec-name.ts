const names: Readonly<Record<string, string>> = {
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  dca: 'DTS',
  dts: 'DTS',
  truehd: 'TrueHD',
  hevc: 'HEVC',
  h265: 'HEVC',
  mpeg2video: 'MPEG-2',
  vc1: 'VC-1',
}

/** What people call a codec: `AC-3` for `ac3`. */
export const codecName = (codec: string): string => names[codec.toLowerCase()] ?? codec.toUpperCase()
