/** The processes of services, carried out: handlers that need other services, and what they spawn. */
import { type CallStep, mixKeys, type Process, type Reply } from '../../core/index.ts'
import { type Agenda, RESUME } from './agenda.ts'
import type { Call } from './call.ts'
import type { ReplicaBank } from './replica-bank.ts'
import { Slots } from './slots.ts'
import type { Task } from './task.ts'

export interface ServiceTasksOptions {
  readonly agenda: Agenda
  readonly replicas: ReplicaBank
  /** A task needs another service. */
  readonly call: (task: Task, step: CallStep) => void
  /** The handler of a call has its answer. */
  readonly answered: (call: Call, reply: Reply) => void
  /** The handler of a call is gone; whoever waited for its answer has been told. */
  readonly died: (call: Call) => void
}

export class ServiceTasks {
  readonly #options: ServiceTasksOptions
  readonly #paused = new Slots<Task>()

  constructor(options: ServiceTasksOptions) {
    this.#options = options
  }

  /** Begins to handle a call whose work is done. */
  begin(process: Process<Reply>, call: Call): void {
    const { service, instance, key } = call
    const crashes = this.#options.replicas.crashes(service, instance)
    const origin = call.origin.nextHop()
    this.goOn({ process, answers: call, service, instance, crashes, origin, key, calls: 0 }, undefined)
  }

  /** A RESUME event has come. */
  resume(slot: number): void {
    this.goOn(this.#paused.take(slot), undefined)
  }

  /** Lets a task go on until it waits for something, or is done. */
  goOn(task: Task, input: Reply | undefined): void {
    const { agenda, replicas, call, answered, died } = this.#options
    // Its instance has crashed meanwhile, and everything that went on there is gone.
    if (replicas.crashes(task.service, task.instance) !== task.crashes) {
      if (task.answers !== undefined) died(task.answers)
      return
    }
    let next = task.process.next(input)
    while (next.done !== true) {
      const step = next.value
      if (step.kind === 'call') return call(task, step)
      if (step.kind === 'pause')
        return agenda.schedule(agenda.nowMs + step.ms, RESUME, this.#paused.put(task))
      this.#spawn(task, step.process)
      next = task.process.next(undefined)
    }
    if (task.answers !== undefined) answered(task.answers, next.value as Reply)
  }

  #spawn(parent: Task, process: Process<void>): void {
    const key = mixKeys(parent.key, ++parent.calls)
    this.goOn({ ...parent, process, answers: undefined, key, calls: 0 }, undefined)
  }
}
