import type { EntryContext } from '../entry-resource.ts'
import { generationStatements } from '../index/generations.ts'
import type { FileBytes } from './file-bytes.ts'
import {
  ifRangeOf,
  isStrongEtag,
  noValidators,
  validatorsOf,
  type Identity,
  type Validators,
} from './identity.ts'

/** What one generation is known by. Its size and validators are learnt once, with its first bytes, and never change. */
export class KeptIdentity {
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  #validators: Validators

  constructor(context: EntryContext, bytes: FileBytes) {
    const { etag, lastModified } = context.generation
    this.#context = context
    this.#bytes = bytes
    // They go into headers: a damaged row must not.
    this.#validators = validatorsOf({ etag: etag ?? '', 'last-modified': lastModified ?? '' })
  }

  get validators(): Validators {
    return this.#validators
  }

  /** As replies can be compared with it. */
  get identity(): Identity {
    return { partKey: this.#context.plan.partKey, totalBytes: this.#bytes.total, ...this.#validators }
  }

  /** What requests are made conditional with, if they are. */
  get ifRange(): string | null {
    const { source, key } = this.#context
    return source.usesConditions ? ifRangeOf(this.#validators, source.trustIn(key)) : null
  }

  /** The first bytes of this generation come with these validators. What was kept before without any must not be given them. */
  learn(validators: Validators): void {
    const { etag, lastModified } = this.#validators
    if (etag !== null || lastModified !== null || this.#bytes.arrived.total > 0) return
    this.adopt(validators)
  }

  /** These belong to the bytes that are here: that was proven. */
  adopt(validators: Validators): void {
    if (validators.etag === noValidators.etag && validators.lastModified === noValidators.lastModified) return
    this.#validators = validators
    if (this.#bytes.isRetired) return
    const { db, generation } = this.#context
    const { etag, lastModified } = validators
    generationStatements(db).setValidators(generation.id, etag, isStrongEtag(etag), lastModified)
  }
}
