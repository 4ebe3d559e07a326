import type { TopicName, Topics } from '../../../src-preload/contract/index.ts'

/** Where one topic's events come from. */
export interface TopicSource<T extends TopicName> {
  /** Begins telling `listener`; nothing is told after the result is disposed. */
  subscribe(listener: (value: Topics[T]) => void): Disposable
  /** Events of one key replace each other while they wait; events of different keys do not. */
  keyOf(value: Topics[T]): string
}

/** A topic of the contract without a source does not compile. */
export type TopicSources = { readonly [T in TopicName]: TopicSource<T> }
