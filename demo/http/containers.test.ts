import fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import { renderJson, renderXml, wantsJson } from './containers.ts'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  trimValues: false,
})

test('scalars become attributes and arrays elements named after what they hold', () => {
  const container = {
    size: 2,
    allowSync: false,
    nothing: undefined,
    Metadata: [
      { type: 'movie', title: 'L’Été & "Zoé" <1>', Media: [{ id: 1, Part: [{ id: 2 }] }] },
      { type: 'show', title: 'Old Stars' },
    ],
  }
  const parsed = parser.parse(renderXml(container)).MediaContainer
  expect(parsed).toMatchObject({ size: '2', allowSync: '0' })
  expect(parsed.Video).toMatchObject({ title: 'L’Été & "Zoé" <1>', Media: { id: '1', Part: { id: '2' } } })
  expect(parsed.Directory.title).toBe('Old Stars')
  expect(JSON.parse(renderJson(container)).MediaContainer.Metadata[0].Media[0].Part[0].id).toBe(2)
})

test('no text breaks the XML', () => {
  const printable = fc.string().map((text) => text.replace(/[^\u0020-\uD7FF]/g, ''))
  fc.assert(
    fc.property(printable, (title) => {
      expect(parser.parse(renderXml({ title })).MediaContainer?.title ?? '').toBe(title)
    }),
  )
})

test.each([
  ['application/json', true],
  ['*/*', false],
  ['application/json, text/plain', false],
  ['text/xml', false],
  [undefined, false],
])('Accept: %s gives JSON: %s', (header, isJson) => {
  expect(wantsJson(header)).toBe(isJson)
})
