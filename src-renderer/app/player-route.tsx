import type { ComponentType, ReactNode } from 'react'

const modules = import.meta.glob<{ PlayerPage: ComponentType }>('../features/player/player-page.tsx', {
  eager: true,
})
const Page = Object.values(modules)[0]?.PlayerPage

export default function PlayerRoute(): ReactNode {
  return Page === undefined ? null : <Page />
}
