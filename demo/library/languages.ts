/** Names and tags of the languages in the catalogue, by ISO 639-2/B code. */
export const LANGUAGES: Record<string, { readonly name: string; readonly tag: string }> = {
  eng: { name: 'English', tag: 'en' },
  fre: { name: 'Français', tag: 'fr' },
  ger: { name: 'Deutsch', tag: 'de' },
}
