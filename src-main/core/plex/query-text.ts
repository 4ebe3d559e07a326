/** Query parameters in the order they are sent. A transcode's decision and start must have the very same text. */
export type QueryParameters = readonly (readonly [name: string, value: string | number])[]

const strictly = (value: string): string =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** Percent-encodes everything outside `A–Z a–z 0–9 - . _ ~`: Plex answers 400 to bare `( ) * ' !` in a client profile. */
export function formatQuery(parameters: QueryParameters): string {
  return parameters.map(([name, value]) => `${strictly(name)}=${strictly(String(value))}`).join('&')
}
