/** A value in a reply: scalars become attributes in XML, arrays become child elements. */
export type ReplyValue = string | number | boolean | undefined | null | ReplyObject | readonly ReplyObject[]

/** One object of a reply, in the shape that JSON shows. */
export interface ReplyObject {
  readonly [name: string]: ReplyValue
}

/** Elements that items of `Metadata` have in XML, by their type. */
const METADATA_ELEMENTS: Record<string, string> = {
  show: 'Directory',
  season: 'Directory',
}

/** The container as JSON, the way the server sends it: one object named MediaContainer. */
export function renderJson(container: ReplyObject): string {
  return JSON.stringify({ MediaContainer: container })
}

/** The same container as XML. */
export function renderXml(container: ReplyObject): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('MediaContainer', container, '')}`
}

function element(name: string, object: ReplyObject, indent: string): string {
  const attributes = Object.entries(object)
    .filter(([, value]) => value !== undefined && value !== null && typeof value !== 'object')
    .map(
      ([key, value]) =>
        ` ${key}="${escape(typeof value === 'boolean' ? (value ? '1' : '0') : String(value))}"`,
    )
    .join('')
  const children = Object.entries(object).flatMap(([key, value]) => childrenOf(key, value, `${indent}  `))
  if (children.length === 0) return `${indent}<${name}${attributes}/>\n`
  return `${indent}<${name}${attributes}>\n${children.join('')}${indent}</${name}>\n`
}

function childrenOf(key: string, value: ReplyValue, indent: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const objects = (Array.isArray(value) ? value : [value]) as readonly ReplyObject[]
  return objects.map((object) => element(elementName(key, object), object, indent))
}

function elementName(key: string, object: ReplyObject): string {
  return key === 'Metadata' ? (METADATA_ELEMENTS[String(object['type'])] ?? 'Video') : key
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

function escape(text: string): string {
  return text.replace(/[&<>"\n]/g, (character) => ESCAPES[character]!)
}

/** Whether the client gets JSON: only for exactly this header; a wildcard or a list is answered with XML. */
export function wantsJson(acceptHeader: string | undefined): boolean {
  return acceptHeader?.trim().toLowerCase() === 'application/json'
}
