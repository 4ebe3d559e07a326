import { Component, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import { toRpcError } from '../lib/rpc/index.ts'
import { ErrorState } from '../ui/states.tsx'

interface BoundaryProps {
  readonly path: string
  readonly children: ReactNode
}

interface BoundaryState {
  readonly error: unknown
  readonly path: string
}

class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: null, path: this.props.path }

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error }
  }

  /** Another page gets another chance. */
  static getDerivedStateFromProps(props: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return props.path === state.path ? null : { error: null, path: props.path }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return (
      <ErrorState
        error={toRpcError(this.state.error)}
        where={this.props.path}
        onRetry={() => this.setState({ error: null })}
      />
    )
  }
}

/** A fault in one page leaves the others, the sidebar and the way back working. */
export function RouteBoundary({ children }: { readonly children: ReactNode }): ReactNode {
  const [path] = useLocation()
  return <Boundary path={path}>{children}</Boundary>
}
