import type { z } from 'zod'
import type { MethodName, ParamsOf, ValueOf } from '../../../src-preload/contract/index.ts'

/** How one method is checked and answered. Objects are strict: a key nobody knows is a mistake worth telling. */
export interface MethodEntry<M extends MethodName> {
  readonly schema: z.ZodType<ParamsOf<M>>
  /** `callerId` names the wire of a page; null for a script. */
  handle(params: ParamsOf<M>, signal: AbortSignal, callerId: string | null): Promise<ValueOf<M>> | ValueOf<M>
}

/** A method of the contract without an entry does not compile. */
export type MethodTable = { readonly [M in MethodName]: MethodEntry<M> }

/** The entries of some methods: what one file of `methods/` contributes. */
export type MethodsOf<Prefix extends string> = Pick<MethodTable, Extract<MethodName, `${Prefix}.${string}`>>
