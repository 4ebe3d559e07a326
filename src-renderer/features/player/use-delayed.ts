import { useEffect, useState } from 'react'

/** True once `isOn` has been true for `ms` on end. */
export function useDelayed(isOn: boolean, ms: number): boolean {
  const [isReached, setReached] = useState(false)
  useEffect(() => {
    if (!isOn) return undefined
    const timer = setTimeout(() => setReached(true), ms)
    return () => {
      clearTimeout(timer)
      setReached(false)
    }
  }, [isOn, ms])
  return isOn && isReached
}
