/** What a policy remembers of each instance. Made when it is first asked for, since instances may be added in mid-run. */
export class PerInstance<Memory> {
  readonly #make: () => Memory
  readonly #memories: Memory[] = []

  constructor(make: () => Memory) {
    this.#make = make
  }

  /** Instances that it has a memory of: those up to the last one that was asked for. */
  get all(): readonly Memory[] {
    return this.#memories
  }

  of(instance: number): Memory {
    while (this.#memories.length <= instance) this.#memories.push(this.#make())
    return this.#memories[instance]!
  }
}
