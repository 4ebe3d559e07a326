import { expect, it } from 'vitest'
import { addressKind } from './address-kind.ts'

it.each([
  ['127.0.0.1', 'lan'],
  ['192.168.1.5', 'lan'],
  ['10.1.2.3', 'lan'],
  ['172.16.0.1', 'lan'],
  ['172.32.0.1', 'wan'],
  ['100.64.1.1', 'lan'],
  ['8.8.8.8', 'wan'],
  ['[::1]', 'lan'],
  ['[fd00::1]', 'lan'],
  ['[2001:db8::1]', 'wan'],
  ['localhost', 'lan'],
  ['nas', 'lan'],
  ['nas.local', 'lan'],
  ['plex.example.com', 'wan'],
  ['192-168-1-5.0123456789abcdef.plex.direct', 'lan'],
  ['203-0-113-9.0123456789abcdef.plex.direct', 'wan'],
])('%s is %s', (host, kind) => expect(addressKind(host)).toBe(kind))
